// A genuine Bluesky network on loopback: PLC, PDS and AppView. One line of JSON says where it is; it stays until stdin
// closes. DB_POSTGRES_URL and REDIS_HOST say where its databases are.
import { TestNetwork } from '@atproto/dev-env'

const pds = {
	hostname: 'localhost',
	jwtSecret: 'of-the-lane', // for a session that ended hours ago
	rateLimitsEnabled: true,
	rateLimitBypassKey: 'of-the-people', // what people do shall not use up what our driver may
}
const network = await TestNetwork.create({ dbPostgresSchema: 'social_service', pds })
console.log(JSON.stringify({ url: network.pds.url, token_secret: pds.jwtSecret, unlimited: pds.rateLimitBypassKey }))

process.stdin.on('end', () => process.exit(0)) // its databases are thrown away with it
process.stdin.resume()
