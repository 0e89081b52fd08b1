// graphql-eslint: everything that it knows about schemas, and Relay's rules. Every exception says why.
import { readFileSync } from "node:fs";
import graphql from "@graphql-eslint/eslint-plugin";
import { buildSchema, isObjectType } from "graphql";

const build = process.env.PICRETE_BUILD;
const types = Object.values(buildSchema(readFileSync(`${build}/schema.graphql`, "utf8")).getTypeMap());
const isNode = (type) => type.getInterfaces().some((one) => one.name === "Node");

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: `${build}/schema.graphql` } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-all"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      // Types are printed in the order of their names, but capitals before small letters, and directives before types.
      "@graphql-eslint/alphabetize": [
        "error",
        {
          definitions: false,
          fields: ["ObjectTypeDefinition", "InterfaceTypeDefinition", "InputObjectTypeDefinition"],
          values: true,
          arguments: ["FieldDefinition", "DirectiveDefinition"],
          groups: ["id", "*"],
        },
      ],
      // The rule is there to forbid mutations and subscriptions where there are none: here they are the product.
      "@graphql-eslint/no-root-type": "off",
      // What can be fetched again by `node` has an id. Payloads, pages, refusals and parts of a thing are values.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: types.filter((type) => isObjectType(type) && !isNode(type)).map((type) => type.name) } },
      ],
      // Lists that are bounded by their nature (photos of an attempt, blocks of a page) are plain lists, and
      // `nodes` stands beside `edges` for those who need no cursors.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      // Pages go forward only.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
    },
  },
];
