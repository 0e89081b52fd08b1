SELECT '{"data":{"work":{"title":' || to_json(w.title) || ',"attempts":{"nodes":[' || coalesce((
  SELECT string_agg(
    '{"id":"' || a.id || '","status":"' || a.status
    || '","submittedAt":' || coalesce(to_json(a.submitted_at)::text, 'null')
    || ',"student":{"fullName":' || to_json(s.full_name) || ',"username":' || to_json(s.username)
    || '},"photos":[' || coalesce((
      SELECT string_agg('{"number":' || p.number || ',"status":"' || p.status || '"}', ',' ORDER BY p.number)
      FROM photo p WHERE p.attempt_id = a.id
    ), '') || '],"submission":' || coalesce(
      '{"id":"' || u.id || '","status":"' || u.status || '","version":' || u.version || ',"grade":'
      || CASE WHEN u.status NOT IN ('approved', 'rejected') THEN 'null'
         ELSE '{"finalPoints":' || coalesce('"' || u.final_points || '"', 'null') || '}' END
      || ',"proposal":' || coalesce('{"points":"' || u.ai_points || '","scores":[' || coalesce((
        SELECT string_agg(
          '{"points":"' || c.points || '","criterion":{"number":' || k.number || '}}', ',' ORDER BY k.task_id, k.number
        )
        FROM criterion_score c JOIN criterion k ON k.id = c.criterion_id
        WHERE c.submission_id = u.id AND c.source = 'ai'
      ), '') || ']}', 'null') || '}', 'null') || '}',
    ',' ORDER BY a.started_at, a.id
  )
  FROM (SELECT * FROM attempt WHERE work_id = w.id ORDER BY started_at, id LIMIT 50) a
  JOIN account s ON s.id = a.student_id
  LEFT JOIN submission u ON u.attempt_id = a.id
), '') || ']}}}}'
FROM work w WHERE w.id = $1
