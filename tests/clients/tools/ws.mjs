// The client of graphql-ws: lazy and not, many operations on one socket, retries, closes that are final.
import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { attempt, bearer, run, save, socketUrl, WATCH, withTimeout } from "./shared.mjs";

const open = (more = {}) =>
  createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer("STUDENT"), ...more });
const first = (client, query, variables) =>
  new Promise((resolve, reject) => {
    let found;
    client.subscribe({ query, variables }, { next: (v) => (found = v), error: reject, complete: () => resolve(found) });
  });

await run({
  "a query, and the lazy socket goes": async () => {
    const seen = [];
    const client = open({ on: { connected: () => seen.push("in"), closed: (e) => seen.push(e.code) } });
    assert.equal(seen.length, 0);
    assert.deepEqual(await first(client, "{ __typename }"), { data: { __typename: "Query" } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(seen, ["in", 1000]);
  },
  "a socket that is kept": async () => {
    let connected = 0;
    const client = open({ lazy: false, on: { connected: () => connected++ } });
    for (let n = 0; n < 3; n++) await first(client, "{ __typename }");
    assert.equal(connected, 1);
    await client.dispose();
  },
  "forty operations on one socket": async () => {
    let connected = 0;
    const client = open({ on: { connected: () => connected++ } });
    const all = await Promise.all(Array.from({ length: 40 }, () => first(client, "{ me { username } }")));
    assert.ok(all.every((one) => one.data.me.username === "student"));
    assert.equal(connected, 1);
  },
  "a subscription sees what happens beside a query that fails": async () => {
    const client = open();
    const mark = `ws-${process.pid}`;
    const stream = client.iterate({ query: WATCH, variables: { id: attempt } });
    await stream.next();
    await assert.rejects(first(client, "{ nobodyKnowsThis }"), (errors) => errors[0].message.length > 0);
    await save({ mark });
    let seen;
    do seen = (await withTimeout(stream.next(), "the change")).value.data.attemptChanged;
    while (seen.draft.mark !== mark);
    await stream.return();
    await client.dispose();
  },
  "a connection that is cut is taken up again": async () => {
    const sockets = [];
    class Spy extends WebSocket {
      constructor(...given) {
        super(...given);
        sockets.push(this);
      }
    }
    const client = open({ webSocketImpl: Spy, retryAttempts: 3, retryWait: async () => {} });
    const stream = client.iterate({ query: WATCH, variables: { id: attempt } });
    await stream.next();
    sockets[0].terminate();
    assert.equal((await withTimeout(stream.next(), "the retry")).value.data.attemptChanged.id, attempt);
    assert.equal(sockets.length, 2);
    await stream.return();
    await client.dispose();
  },
  "a bad token is told as 4403": async () => {
    const client = open({ connectionParams: { authorization: "Bearer nonsense" }, retryAttempts: 0 });
    await assert.rejects(first(client, "{ __typename }"), (event) => event.code === 4403);
  },
  "the client pings": async () => {
    let pongs = 0;
    const client = open({ lazy: false, keepAlive: 100, on: { pong: () => pongs++ } });
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.ok(pongs > 2);
    await client.dispose();
  },
});
