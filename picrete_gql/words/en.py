"""English."""

from ._form import Words

EN = Words(
    hello=(
        "Hello! I take photos of solutions.\n"
        "Sign in with username and password: /login — or open the bot's link on the site."
    ),
    hello_known="You are signed in as {name}.\n/works — your open works.",
    help=(
        "How to hand in a solution:\n"
        "1. /works — choose the work.\n"
        "2. Send photos of the pages, one by one or as an album. Files are fine too: JPEG, PNG, WebP, HEIC.\n"
        "3. Submit on the site. I will write when the pages have been read.\n\n"
        "/use 2 — choose a work by its number\n"
        "/quiet — switch messages off or on\n"
        "/language — language\n"
        "/login, /logout — sign in, sign out"
    ),
    group="I only work in a private chat: write to me directly.",
    ask_username="Enter your username. Changed your mind? /cancel",
    ask_credential="Enter your password. I will delete the message at once.",
    delete_yourself="I could not delete the message with your password: please delete it yourself.",
    wrong_credentials="{why}\nSend the password again, or start over: /login",
    welcome="Done, you are signed in as {name}.\n/works — your open works.",
    already="You are signed in as {name}. To change, log out first: /logout",
    sign_in_first="Sign in first: /login",
    closed="Your account is closed. Ask an administrator.",
    bye="You are logged out. To sign in again: /login",
    cancelled="All right, stopped.",
    works_none="You have no open works now. Start one on the site.",
    works_head="Your open works:",
    work_line="{number}. {title} — {left} left, photos: {taken} of {limit}{mark}",
    work_chosen_mark=" ✔",
    works_tail="Choose with a button or a command such as /use 1",
    chosen="Chosen: “{title}”. {left} left, photos: {taken} of {limit}. Send your pages.",
    use_how="Send a number from the list /works, for example: /use 1",
    no_such_number="There is no work number {number}. The list: /works",
    no_such_attempt="There is no such attempt of yours. The list: /works",
    choose_first="You have several open works: first choose where the photo goes: /works",
    photo="“{title}”: photo #{number} accepted, {taken} of {limit}.",
    photos="“{title}”: photos #{numbers} accepted, {taken} of {limit}.",
    refused_one="File {place}: {why}",
    not_downloaded="The file could not be fetched from Telegram. Send it again.",
    not_stored="The photo could not be stored: the service is unavailable for the moment. Send it again later.",
    only_photos="Send a photo of the page — as a picture or as an image file.",
    unknown="I do not understand. What I can do: /help",
    old_button="This button no longer works.",
    fault="Something went wrong. Try again.",
    language="Choose a language:",
    language_set="I speak English now.",
    quiet_on="Messages are off: I only answer when you write.",
    quiet_off="Messages are on: I will write about pages that were read, deadlines, marks and regrade requests.",
    be_quiet="🔕 Switch off",
    be_loud="🔔 Switch on",
    review_ready=(
        "“{title}”: the pages have been read ({pages}). Check them by {deadline}: "
        "approve every page, then send the work.\n"
        "Found a mistake? Report it on the site: {link}"
    ),
    review_half="“{title}”: half of the time to check the pages is over. Deadline: {deadline}. {link}",
    review_last="“{title}”: the time to check the pages is nearly over. Deadline: {deadline}. {link}",
    review_over="The pages of this work are not up for review now.",
    page_head="“{title}”, page {number} of {pages}{mark}",
    page_empty="(nothing was read on this page)",
    page_cut="\n… all of it on the site: {link}",
    page_approved=" ✅",
    page_reported=" ✏️ issues reported",
    page_button="Page {number}",
    approve_button="✅ Read rightly",
    send_button="📨 Send the work",
    sent="“{title}”: the review is done, the work has been sent to the teacher.",
    mark="“{title}”: {points} of {most}.",
    rejected="“{title}”: the work was rejected.",
    feedback="\nTeacher: {feedback}",
    look="\nMore: {link}",
    taught_head="Works that you teach (submitted of all):",
    taught_line="{title} — {submitted} of {total}",
    follow_button="🔔 Follow: {title}",
    unfollow_button="🔕 Unfollow: {title}",
    progress="“{title}”: {submitted} of {total} submitted.",
    finished="“{title}” is over: {submitted} of {total} submitted.",
    regrade_asked="“{title}”: a student asks for another look at task {task}, {criterion}:\n{text}\nMore: {link}",
    regrade_student="“{title}”, task {task}, {criterion}: a student writes about their request:\n{text}\nMore: {link}",
    regrade_teacher="“{title}”, task {task}, {criterion}: a teacher writes about your request:\n{text}\nMore: {link}",
    regrade_changed=(
        "“{title}”, task {task}, {criterion}: your request was answered, the mark is now {points} of {most}.\n"
        "Teacher: {text}\nMore: {link}"
    ),
    regrade_unchanged=(
        "“{title}”, task {task}, {criterion}: your request was answered, the mark stays as it is.\n"
        "Teacher: {text}\nMore: {link}"
    ),
    hours="{hours} h {minutes:02} min",
    minutes="{minutes} min",
    soon="less than a minute",
    clock="%d.%m %H:%M",
    menu_works="My open works",
    menu_use="Choose a work by its number",
    menu_login="Sign in",
    menu_logout="Log out",
    menu_quiet="Switch messages off or on",
    menu_language="Language",
    menu_help="What I can do",
)
