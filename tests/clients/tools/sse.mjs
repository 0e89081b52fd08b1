// The client of graphql-sse, distinct connections.
import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import { attempt, bearer, run, save, url, WATCH, withTimeout } from "./shared.mjs";

const client = createClient({ url, headers: bearer("STUDENT"), retryAttempts: 0 });

await run({
  "a query": async () => {
    const found = await client.iterate({ query: "{ me { username } }" }).next();
    assert.equal(found.value.data.me.username, "student");
  },
  "a bad document": async () => {
    const found = await client.iterate({ query: "{ nobodyKnowsThis }" }).next();
    assert.ok(found.value.errors.length);
  },
  "a subscription sees what happens": async () => {
    const mark = `sse-${process.pid}`;
    const stream = client.iterate({ query: WATCH, variables: { id: attempt } });
    await stream.next();
    await save({ mark });
    let seen;
    do seen = (await withTimeout(stream.next(), "the change")).value.data.attemptChanged;
    while (seen.draft.mark !== mark);
    await stream.return();
  },
});
