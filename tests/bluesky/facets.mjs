// Where Bluesky's own app marks links, names and tags. In: a JSON array of texts on stdin. Out: for each [[kind, start, end], …].
import { readFileSync } from 'node:fs'
import { RichText } from '@atproto/api'

const marked = (text) => {
	const rich = new RichText({ text })
	rich.detectFacetsWithoutResolution()
	return (rich.facets ?? []).map(({ index, features }) => [features[0].$type.split('#')[1], index.byteStart, index.byteEnd])
}
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(marked)))
