"""What Facebook and Instagram share: Meta's Graph API. Calls, refusals, rounds of reading, the inbox, webhooks."""
