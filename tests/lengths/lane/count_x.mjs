// Asks X's own counter. In: a JSON array of texts on stdin. Out: [[length, may it be posted], …] on stdout.
import { readFileSync } from 'node:fs'
import twitter from 'twitter-text'

const texts = JSON.parse(readFileSync(0, 'utf8'))
const told = texts.map((text) => twitter.parseTweet(text)).map((one) => [one.weightedLength, one.valid])
process.stdout.write(JSON.stringify(told))
