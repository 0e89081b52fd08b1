// Fastify and Mercurius, compiled (jit). MODE=loaders: one statement for each relation; MODE=sql: the one statement of
// the bare limit, parsed and completed by GraphQL.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import { GraphQLScalarType } from "graphql";
import mercurius from "mercurius";
import pg from "pg";

const here = new URL(".", import.meta.url);
const said = (name) => readFileSync(new URL(name, here), "utf8");
const pool = new pg.Pool({ connectionString: process.env.PICRETE_DATABASE__URL, max: +process.env.PICRETE_DATABASE__POOL_SIZE });
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;
const DateTime = new GraphQLScalarType({ name: "DateTime", serialize: (v) => (v instanceof Date ? v.toISOString() : v) });
const JSON_ = new GraphQLScalarType({ name: "JSON", serialize: (v) => v });
const scalars = { DateTime, JSON: JSON_ };

const WORK = `id, title, kind, status, starts_at "startsAt", ends_at "endsAt", duration_minutes "durationMinutes"`;
const ATTEMPT = `id, work_id, student_id, number, status, started_at "startedAt", expires_at "expiresAt",
  extra_minutes "extraMinutes", submitted_at "submittedAt", draft`;
const SUBMISSION = `id, attempt_id, status, ocr_status "ocrStatus", precheck_status "precheckStatus",
  max_points "maxPoints", released_at "releasedAt", version, final_points, feedback, ai_points`;

const one = (name, key, text) => async (queries) => {
  const found = new Map((await rows(name, text, [queries.map((q) => q.obj[key])])).map((row) => [row.of, row]));
  return queries.map((q) => found.get(q.obj[key]) ?? null);
};
const many = (name, key, text) => async (queries) => {
  const found = new Map(queries.map((q) => [q.obj[key], []]));
  for (const row of await rows(name, text, [[...found.keys()]])) found.get(row.of).push(row);
  return queries.map((q) => found.get(q.obj[key]));
};
const pages = (load) => async (queries) =>
  (await load(queries)).map((nodes, n) => ({ nodes: nodes.slice(0, queries[n].params.first) }));
const scores = (source) => many(`scores-${source}`, "submission_id",
  `SELECT c.submission_id AS of, c.criterion_id, c.points, c.comment FROM criterion_score c
   JOIN criterion k ON k.id = c.criterion_id
   WHERE c.submission_id = ANY($1) AND c.source = '${source}' ORDER BY k.task_id, k.number`);

const loaders = {
  Course: {
    works: pages(many("works", "id", `SELECT course_id AS of, ${WORK} FROM work WHERE course_id = ANY($1)
      AND status <> 'draft' ORDER BY starts_at DESC, id DESC`)),
  },
  Work: {
    attempts: pages(many("attempts", "id",
      `SELECT work_id AS of, ${ATTEMPT} FROM attempt WHERE work_id = ANY($1) ORDER BY started_at, id`)),
    myAttempts: async (queries, { viewer }) => {
      const found = new Map(queries.map((q) => [q.obj.id, []]));
      const text = `SELECT ${ATTEMPT} FROM attempt WHERE work_id = ANY($1) AND student_id = $2 ORDER BY number`;
      for (const row of await rows("mine", text, [[...found.keys()], viewer])) found.get(row.work_id).push(row);
      return queries.map((q) => found.get(q.obj.id));
    },
  },
  Attempt: {
    work: one("work", "work_id", `SELECT id AS of, ${WORK} FROM work WHERE id = ANY($1)`),
    student: one("student", "student_id",
      `SELECT id AS of, full_name "fullName", username FROM account WHERE id = ANY($1)`),
    tasks: many("tasks", "id", `SELECT attempt_id AS of, number, task_id, variant_id FROM assignment
      WHERE attempt_id = ANY($1) ORDER BY number`),
    photos: many("photos", "id", `SELECT attempt_id AS of, id, number, status, width, height FROM photo
      WHERE attempt_id = ANY($1) ORDER BY number`),
    submission: one("submission", "id", `SELECT attempt_id AS of, ${SUBMISSION} FROM submission
      WHERE attempt_id = ANY($1)`),
  },
  AttemptTask: {
    task: one("task", "task_id",
      `SELECT id AS of, id, title, statement, max_points "maxPoints" FROM task WHERE id = ANY($1)`),
    variant: one("variant", "variant_id", `SELECT id AS of, content FROM variant WHERE id = ANY($1)`),
  },
  Task: {
    criteria: many("criteria", "id", `SELECT task_id AS of, number, name, max_points "maxPoints" FROM criterion
      WHERE task_id = ANY($1) ORDER BY number`),
  },
  Photo: {
    reading: one("reading", "id", `SELECT DISTINCT ON (photo_id) photo_id AS of, number, text, quality FROM reading
      WHERE photo_id = ANY($1) ORDER BY photo_id, number DESC`),
    review: one("review", "id", `SELECT photo_id AS of, verdict FROM review WHERE photo_id = ANY($1)`),
    issues: many("issues", "id", `SELECT photo_id AS of, number, original, suggestion, severity FROM issue
      WHERE photo_id = ANY($1) ORDER BY number`),
  },
  Grade: { scores: scores("teacher") },
  Proposal: { scores: scores("ai") },
  Score: {
    criterion: one("criterion", "criterion_id",
      `SELECT id AS of, number, name, max_points "maxPoints" FROM criterion WHERE id = ANY($1)`),
  },
};

const marked = new Set(["approved", "rejected"]);
const byRelation = {
  ...scalars,
  Query: {
    work: async (_, { id }) => (await rows("one-work", `SELECT ${WORK} FROM work WHERE id = $1`, [id]))[0],
    attempt: async (_, { id }) => (await rows("one-attempt", `SELECT ${ATTEMPT} FROM attempt WHERE id = $1`, [id]))[0],
    courses: async (_, { first }, { viewer }) => ({
      nodes: await rows("courses", `SELECT c.id, c.title, c.organization, m.roles FROM course c
        JOIN membership m ON m.course_id = c.id WHERE m.account_id = $1 AND m.status = 'active' AND c.is_active
        ORDER BY c.id LIMIT $2`, [viewer, first]),
    }),
  },
  Course: { myRoles: (course) => course.roles },
  Submission: {
    grade: (s) => marked.has(s.status) ? { submission_id: s.id, finalPoints: s.final_points, feedback: s.feedback } : null,
    proposal: (s) => s.ai_points === null ? null : { submission_id: s.id, points: s.ai_points },
  },
};
const whole = (name) => async (_, { id }, { viewer }) => {
  const [row] = await rows(name, said.cache[name], [id ?? viewer]);
  return JSON.parse(Object.values(row)[0]).data;
};
said.cache = Object.fromEntries(["grading", "attempt", "courses"].map((name) => [name, said(`../asked/${name}.sql`)]));
const byOne = {
  ...scalars,
  Query: {
    work: async (...all) => (await whole("grading")(...all)).work,
    attempt: async (...all) => (await whole("attempt")(...all)).attempt,
    courses: async (...all) => (await whole("courses")(...all)).courses,
  },
};

const app = Fastify();
app.register(mercurius, {
  schema: said("schema.graphql"),
  resolvers: process.env.MODE === "sql" ? byOne : byRelation,
  loaders: process.env.MODE === "sql" ? {} : loaders,
  jit: 1,
  context: (request) => ({ viewer: request.headers["x-viewer"] }),
});
app.get("/healthz", async () => "yes");
await app.listen({ port: +process.env.PICRETE_HTTP__PORT, host: "127.0.0.1" });
