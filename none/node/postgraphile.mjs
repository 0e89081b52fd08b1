// PostGraphile as its manual sets it up, without its IDE. Relations are offered as plain lists too.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const preset = {
  extends: [PostGraphileAmberPreset],
  // Our foreign keys name the course too; the index is on their first column, which is as good.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env.PICRETE_DATABASE__URL,
      poolConfig: { max: +process.env.PICRETE_DATABASE__POOL_SIZE },
      schemas: ["public"],
    }),
  ],
  schema: { pgSimpleCollections: "both", defaultBehavior: "+list +connection +filterBy +orderBy" },
  grafserv: { graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
};
const instance = postgraphile(preset);
const server = createServer();
const serv = instance.createServ(grafserv);
await serv.addTo(server);
server.listen(+process.env.PICRETE_HTTP__PORT, "127.0.0.1");
