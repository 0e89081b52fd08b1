// graphql-codegen's client preset on the schema as text and as introspection, then TypeScript at its strictest.
import { generate } from "@graphql-codegen/cli";

const build = process.env.PICRETE_BUILD;
for (const [folder, schema] of [["text", "schema.graphql"], ["introspection", "introspection.json"]]) {
  const scalars = { DateTime: "string", Decimal: "string", JSON: "unknown", Upload: "File" };
  const made = { preset: "client", config: { strictScalars: true, scalars, useTypeImports: true, enumsAsTypes: true } };
  const generates = { [`${build}/codegen/${folder}/`]: made };
  await generate({ schema: `${build}/${schema}`, documents: `${build}/documents.graphql`, generates, silent: true }, true);
}
