//! Doors whose forms the test of fields cannot come by.

/// Doors for which nobody in this world sees a form that can be sent as it stands, and why.
pub const WITHOUT_FORM: &[(&str, &str)] = &[
    (
        "/organisation/interviews/{round}/candidates",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/candidates/{interest}/list",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/candidates/{interest}/take-off",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/candidates/{interest}/note",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/panels/new",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/panels/{panel}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/days/new",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/days/{day}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/days/{day}/remove",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/timetable/{interview}/note",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/timetable/{interview}/held",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/timetable/{interview}/missed",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/timetable/{interview}/move",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/interviews/{round}/timetable/{interview}/cancel",
        "a representative’s; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/interviews/{round}/publish",
        "nothing is drafted in the world of this test; its room tests it",
    ),
    (
        "/me/placements/documents",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/checklist/{item}/restore",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/steps/{step}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/agreement",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/supervisor",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/tasks/{task}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/logs",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/logs/{week}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/evaluations/{point}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/placed/{placement}/incident",
        "a representative’s; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/funding/{scheme}/restore",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/funding/{scheme}/claim",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/me/matches/{round}/certify",
        "the world of this test has no list to certify; its room tests it",
    ),
    (
        "/organisation/matches/{round}/lists/{subject}",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/matches/{round}/lists/{subject}/certify",
        "a representative’s; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/matches/{round}/freeze",
        "the lists’ deadline is to come in the world of this test; its room tests it",
    ),
    (
        "/programmes/{programme}/placements/areas/{area}/restore",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/organisation/postings/new",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/postings/{posting}/edit",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/postings/{posting}/copy",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/postings/{posting}/submit",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/postings/{posting}/withdraw",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/postings/{posting}/change",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/changes/{change}/take-back",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/capacity/{capacity}/answer",
        "a representative’s; its room tests it",
    ),
    (
        "/organisation/rounds/{round}/terms",
        "a representative’s; its room tests it",
    ),
    ("/me/applications/{application}/document", "takes a file"),
    ("/cohorts/{cohort}/import", "takes a file"),
    ("/me/enrolments/{enrolment}/exemptions", "takes a file"),
    ("/me/attendance/{class}/apology", "takes a file"),
    (
        "/programmes/{programme}/curriculum/modules/{module}/restore",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/classes/{class}/notes/{note}/up",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/timetable/{class}/notes/new",
        "an instructor’s; the office’s twin is tried",
    ),
    (
        "/timetable/{class}/notes/{note}",
        "an instructor’s; the office’s twin is tried",
    ),
    (
        "/timetable/{class}/notes/{note}/up",
        "an instructor’s; the office’s twin is tried",
    ),
    (
        "/timetable/{class}/notes/{note}/remove",
        "an instructor’s; the office’s twin is tried",
    ),
    (
        "/me/notes/{note}/done",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/assessments/{assessment}/remove",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/assessments/{assessment}/open",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/assessments/{assessment}/mark",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/assessments/{assessment}/return",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/assessments/{assessment}/release",
        "the world of this test has none in that state; its room tests it",
    ),
    ("/marking/{script}", "an instructor’s; its room tests it"),
    ("/me/assessments/{candidate}", "takes files"),
    (
        "/cohorts/{cohort}/completion/rules",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/breaks/{break}/extensions",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/completion/confirm",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/completion/what-if",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/cohorts/{cohort}/breaks/{break}/return",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/programmes/{programme}/at-risk/cases/{risk}/correct",
        "the world of this test has none in that state; its room tests it",
    ),
    (
        "/organisation/matches/{round}/people",
        "the institution of this test has nobody else to name",
    ),
    (
        "/programmes/{programme}/placements/matches/{round}/repairs/{repair}/choose/{way}",
        "shown once something is to be read otherwise",
    ),
    (
        "/organisation/trainees/{enrolment}",
        "the consents of this world are withdrawn",
    ),
    (
        "/cohorts/{cohort}/import/{import}/commit",
        "shown after a dry run",
    ),
    (
        "/cohorts/{cohort}/applications/bulk/do",
        "shown in answer to a form",
    ),
    (
        "/me/applications/{application}/submit",
        "shown when everything is filled in",
    ),
    (
        "/me/applications/{application}/reopen",
        "shown after sending",
    ),
    ("/me/enrol/{offer}", "shown after accepting"),
    ("/programme/close", "refused while cohorts go on"),
    ("/programme/reopen", "no programme is closed here"),
    (
        "/people/{person}/enable",
        "nobody disabled is in reach here",
    ),
    (
        "/applications/{application}/reviewers",
        "every reviewer is assigned",
    ),
    ("/cohorts/{cohort}/reviewers/remind", "nobody is late"),
    ("/me/enrolments/{enrolment}/withdraw", "the intake runs"),
    (
        "/cohorts/{cohort}/enrolments/{enrolment}/withdraw",
        "the intake runs",
    ),
    (
        "/cohorts/{cohort}/timetable/held",
        "no session here is over and not recorded",
    ),
    ("/programme/storm/make-up", "shown after a storm"),
    ("/classes/{class}/register", "no session here has begun"),
    ("/classes/{class}/sign-off", "no session here has begun"),
    ("/check-in/{class}", "shown after a scan"),
];
