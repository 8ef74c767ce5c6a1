// Speaks for npm's bitget-api: one JSON line in, {client, method, params}; one JSON line out, {reply} or {error}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder] = process.argv.slice(2);
const { RestClientV2 } = createRequire(`${folder}/package.json`)("bitget-api");

for await (const line of createInterface({ input: process.stdin })) {
  const { client, method, params } = JSON.parse(line);
  let answer;
  try {
    answer = { reply: await new RestClientV2(client)[method](params) };
  } catch (error) {
    answer = { error: error.body ?? { code: "", msg: String(error) } };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
