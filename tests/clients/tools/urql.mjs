// urql: queries with all the media types that it names, GET, subscriptions over server-sent events.
import assert from "node:assert/strict";
import { Client, fetchExchange, gql } from "@urql/core";
import { attempt, bearer, run, save, SAVE, url, WATCH, withTimeout } from "./shared.mjs";

const fetchOptions = { headers: { ...bearer("STUDENT"), "graphql-require-preflight": "1" } };
const open = (more = {}) => new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions, ...more });
const ME = gql`query Me { me { id username } }`;

await run({
  "a query": async () => {
    const found = await open().query(ME, {}).toPromise();
    assert.equal(found.error, undefined);
    assert.equal(found.data.me.username, "student");
  },
  "a query by GET": async () => {
    const found = await open({ preferGetMethod: true }).query(ME, {}).toPromise();
    assert.equal(found.data?.me.username, "student", String(found.error));
  },
  "a mutation": async () => {
    const found = await open().mutation(SAVE, { input: { id: attempt, draft: { urql: true } } }).toPromise();
    assert.equal(found.data.attemptSave.problem, null);
  },
  "a bad document": async () => {
    const found = await open().query("query Bad { nobodyKnowsThis }", {}).toPromise();
    assert.equal(found.error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  },
  "a subscription": async () => {
    const mark = `urql-${process.pid}`;
    const client = open({ fetchSubscriptions: true });
    const seen = new Promise((resolve, reject) => {
      client.subscription(WATCH, { id: attempt }).subscribe(({ data, error }) => {
        if (error) reject(error);
        else if (data.attemptChanged.draft?.mark === mark) resolve();
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await save({ mark });
    await withTimeout(seen, "the change");
  },
});
