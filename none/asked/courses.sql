SELECT '{"data":{"courses":{"nodes":[' || coalesce(string_agg(
  '{"id":"' || c.id || '","title":' || to_json(c.title) || ',"organization":' || to_json(c.organization)
  || ',"works":{"nodes":[' || coalesce((
    SELECT string_agg(
      '{"id":"' || w.id || '","title":' || to_json(w.title) || ',"kind":"' || w.kind || '","status":"' || w.status
      || '","startsAt":' || to_json(w.starts_at) || ',"endsAt":' || to_json(w.ends_at)
      || ',"durationMinutes":' || coalesce(w.duration_minutes::text, 'null') || ',"myAttempts":[' || coalesce((
        SELECT string_agg(
          '{"id":"' || a.id || '","number":' || a.number || ',"status":"' || a.status || '"}', ',' ORDER BY a.number
        )
        FROM attempt a WHERE a.work_id = w.id AND a.student_id = $1
      ), '') || ']}',
      ',' ORDER BY w.starts_at DESC, w.id DESC
    )
    FROM (
      SELECT * FROM work WHERE course_id = c.id AND status <> 'draft' ORDER BY starts_at DESC, id DESC LIMIT 20
    ) w
  ), '') || ']},"myRoles":' || to_json(c.roles) || '}',
  ',' ORDER BY c.id
), '') || ']}}}'
FROM (
  SELECT c.id, c.title, c.organization, m.roles FROM course c
  JOIN membership m ON m.course_id = c.id
  WHERE m.account_id = $1 AND m.status = 'active' AND c.is_active ORDER BY c.id LIMIT 20
) c
