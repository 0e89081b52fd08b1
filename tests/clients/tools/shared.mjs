// What every tool shares: where the door is, who asks, and how a failure is told.
import assert from "node:assert/strict";

export const url = process.env.PICRETE_URL + "/graphql";
export const socketUrl = url.replace("http", "ws");
export const attempt = process.env.PICRETE_ATTEMPT;
export const bearer = (who) => ({ authorization: `Bearer ${process.env[`PICRETE_${who}`]}` });
export const WATCH = "subscription Watch($id: ID!) { attemptChanged(id: $id) { id draft status } }";
export const SAVE = "mutation Save($input: AttemptSaveInput!) { attemptSave(input: $input) { problem { code } } }";

export async function save(draft) {
  const body = JSON.stringify({ query: SAVE, variables: { input: { id: attempt, draft } } });
  const headers = { "content-type": "application/json", ...bearer("STUDENT") };
  const answer = await (await fetch(url, { method: "POST", headers, body })).json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer));
  if (answer.data.attemptSave.problem) throw new Error(JSON.stringify(answer));
}

export function withTimeout(promise, what, ms = 20_000) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: nothing came`)), ms).unref());
  return Promise.race([promise, late]);
}

export async function run(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await withTimeout(check(), name, 60_000);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${error?.stack ?? error}`);
    }
  }
  const all = Object.keys(checks).length;
  console.log(`${all - failed} of ${all}`);
  process.exit(failed ? 1 : 0);
}
