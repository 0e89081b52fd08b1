SELECT '{"data":{"attempt":{"id":"' || a.id || '","number":' || a.number || ',"status":"' || a.status
  || '","startedAt":' || to_json(a.started_at) || ',"expiresAt":' || to_json(a.expires_at)
  || ',"extraMinutes":' || a.extra_minutes || ',"submittedAt":' || coalesce(to_json(a.submitted_at)::text, 'null')
  || ',"draft":' || a.draft::text
  || ',"work":{"title":' || to_json(w.title) || ',"kind":"' || w.kind || '","endsAt":' || to_json(w.ends_at)
  || '},"tasks":[' || coalesce((
    SELECT string_agg(
      '{"number":' || g.number || ',"task":{"title":' || to_json(t.title) || ',"statement":' || to_json(t.statement)
      || ',"maxPoints":"' || t.max_points || '","criteria":[' || coalesce((
        SELECT string_agg(
          '{"number":' || k.number || ',"name":' || to_json(k.name) || ',"maxPoints":"' || k.max_points || '"}',
          ',' ORDER BY k.number
        )
        FROM criterion k WHERE k.task_id = t.id
      ), '') || ']},"variant":{"content":' || to_json(v.content) || '}}',
      ',' ORDER BY g.number
    )
    FROM assignment g JOIN task t ON t.id = g.task_id JOIN variant v ON v.id = g.variant_id WHERE g.attempt_id = a.id
  ), '') || '],"photos":[' || coalesce((
    SELECT string_agg(
      '{"id":"' || p.id || '","number":' || p.number || ',"status":"' || p.status || '","width":' || p.width
      || ',"height":' || p.height || ',"reading":' || coalesce((
        SELECT '{"number":' || r.number || ',"text":' || to_json(r.text)
          || ',"quality":' || coalesce(r.quality::text, 'null') || '}'
        FROM reading r WHERE r.photo_id = p.id ORDER BY r.number DESC LIMIT 1
      ), 'null') || ',"review":' || coalesce((
        SELECT '{"verdict":"' || e.verdict || '"}' FROM review e WHERE e.photo_id = p.id
      ), 'null') || ',"issues":[' || coalesce((
        SELECT string_agg(
          '{"number":' || i.number || ',"original":' || to_json(i.original)
          || ',"suggestion":' || to_json(i.suggestion) || ',"severity":"' || i.severity || '"}',
          ',' ORDER BY i.number
        )
        FROM issue i WHERE i.photo_id = p.id
      ), '') || ']}',
      ',' ORDER BY p.number
    )
    FROM photo p WHERE p.attempt_id = a.id
  ), '') || '],"submission":' || coalesce(
    '{"status":"' || u.status || '","ocrStatus":"' || u.ocr_status || '","precheckStatus":"' || u.precheck_status
    || '","maxPoints":"' || u.max_points || '","releasedAt":' || coalesce(to_json(u.released_at)::text, 'null')
    || ',"version":' || u.version || ',"grade":'
    || CASE WHEN u.released_at IS NULL OR u.status NOT IN ('approved', 'rejected') THEN 'null'
       ELSE '{"finalPoints":' || coalesce('"' || u.final_points || '"', 'null') || ',"feedback":' || to_json(u.feedback)
         || ',"scores":[' || coalesce((
           SELECT string_agg(
             '{"points":"' || c.points || '","comment":' || to_json(c.comment)
             || ',"criterion":{"number":' || k.number || '}}',
             ',' ORDER BY k.task_id, k.number
           )
           FROM criterion_score c JOIN criterion k ON k.id = c.criterion_id
           WHERE c.submission_id = u.id AND c.source = 'teacher'
         ), '') || ']}' END
    || '}', 'null') || '}}}'
FROM attempt a JOIN work w ON w.id = a.work_id LEFT JOIN submission u ON u.attempt_id = a.id WHERE a.id = $1
