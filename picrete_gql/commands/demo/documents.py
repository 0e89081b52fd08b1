"""What the people of the demo ask the API."""

ATTEMPT_LIVE = """subscription($id: ID!) { attemptChanged(id: $id) {
  id status expiresAt submittedAt
  photos { id number mime width height status uploadSource reading { engine quality blocks { id } } }
  submission { id status ocrStatus precheckStatus grade { finalPoints } proposal { points } }
} }"""

CLASS_LIVE = """subscription($id: ID!) { workChanged(id: $id) {
  id status endsAt
  attempts(first: 50) { nodes {
    id status expiresAt student { fullName }
    photos { number status review { verdict } }
    submission {
      id status ocrStatus precheckStatus version maxPoints flags { flag reason }
      proposal { points engine } grade { finalPoints }
    }
  } }
} }"""

ACTIVITY_LIVE = """subscription($id: ID!, $after: String) { workActivity(id: $id, after: $after) {
  cursor name at door attemptId actor { fullName } data
} }"""

REQUESTS_LIVE = """subscription($id: ID!) { workRegradesChanged(id: $id) {
  id regrades(filter: {statuses: [OPEN]}) { nodes { id text submission { id version } } }
} }"""

ANSWER = "status answer { pointsBefore pointsAfter finalBefore finalAfter }"

TELEGRAM_LIVE = "subscription { telegramChanged { name } }"

PAPER = """query($id: ID!) { attempt(id: $id) {
  tasks { number task { title maxPoints } variant { number content reference { referenceAnswer } } }
} }"""

PAGES = """query($id: ID!) { attempt(id: $id) {
  photos { id number reading { engine model quality blocks { id text polygon confidence } } }
} }"""

FAILURES = """query($id: ID!) { attempt(id: $id) { photos { number failure } } }"""

RUBRIC = """query($id: ID!) { work(id: $id) {
  tasks { number title maxPoints criteria { id name kind maxPoints } }
} }"""

TRAINER_TASKS = "tasks { id answer item { id } }"

BANK_ITEM = "query($id: ID!) { bankItem(id: $id) { answer } }"

SCORES = "scores { points comment quote errors criterion { id name maxPoints } }"

OWN_RESULT = f"""query($id: ID!) {{ attempt(id: $id) {{
  submission {{ status maxPoints proposal {{ points }} grade {{ finalPoints feedback {SCORES} }} }}
}} }}"""

WHOLE_CLASS = f"""query($id: ID!) {{ work(id: $id) {{
  tasks {{ number title criteria {{ id }} }}
  attempts(first: 50) {{ nodes {{
  id status submittedAt expiresAt student {{ fullName }}
  photos {{ number filename uploadSource reading {{ engine model quality }} issues {{ original suggestion note }} }}
  providerRuns {{ kind engine model outcome inputTokens outputTokens cost }}
  submission {{
    status maxPoints flags {{ flag }} proposal {{ points engine feedback {SCORES} }}
    grade {{ finalPoints feedback {SCORES} }}
    history {{ source before after reason author {{ fullName }} criterion {{ id }} }}
  }}
}} }} }} }}"""
