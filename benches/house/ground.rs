//! The ground alone: the smallest list page that the house's own parts can make (session, door,
//! proof, two queries, shell), served by a process of its own. What a real page costs above this is
//! its own doing.

use askama::Template;
use banyan::access::{self, STAFF};
use banyan::config::Config;
use banyan::db::sql_query;
use banyan::error::Result;
use banyan::house::House;
use banyan::ids::{ApplicationId, CohortId};
use banyan::web::paging::PAGE;
use banyan::web::{Cx, Reply, Routes, Serving, Shell};
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _};

/// Its name in the table.
pub const NAME: &str = "the ground: list of 50 of 1,000";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
    #[diesel(sql_type = Text)]
    name_shown: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    email: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "base.html" %}{% block main %}<div class="head"><h1>{{ count }}</h1></div>
<table class="table cards"><thead><tr><th>Name</th><th>Reference</th><th>State</th><th>Address</th></tr></thead><tbody>
{% for row in rows %}<tr><td data-label="Name"><a href="/applications/{{ row.id }}">{{ row.name_shown }}</a></td>
<td data-label="Reference" class="nb">{{ row.reference }}</td><td data-label="State"><span class="tag">{{ row.state }}</span></td>
<td data-label="Address">{{ row.email }}</td></tr>{% endfor %}</tbody></table>{% endblock %}"#
)]
struct Listed {
    shell: Shell,
    rows: Vec<Row>,
    count: i64,
}

fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let cohort: CohortId = cx.request().param("cohort")?;
    let staff = access::cohort_staff(cx.conn, cohort)?;
    let rows = sql_query(
        "SELECT id, name_shown, reference, state, email FROM applications WHERE cohort_id = $1 AND programme_id = $2 \
         ORDER BY name_sort DESC, id DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<BigInt, _>(PAGE)
    .load(cx.conn.pg())?;
    let count: Count = sql_query("SELECT count(*) AS rows FROM application_cases WHERE cohort_id = $1 AND decision IS NOT NULL")
        .bind::<SqlUuid, _>(staff.cohort())
        .get_result(cx.conn.pg())?;
    cx.visit.page(&Listed {
        shell: cx.shell("Applications"),
        rows,
        count: count.rows,
    })
}

/// Serves it where `BANYAN_LISTEN` says, as `banyan serve` serves the house.
pub fn serve() {
    let config = Config::from_env().unwrap();
    let listener = std::net::TcpListener::bind(&config.listen).unwrap();
    let house = House::open(config).unwrap();
    let routes = Routes::new().get("/ground/{cohort}", STAFF, list);
    let serving = Serving::new(house.site.clone());
    actix_web::rt::System::new()
        .block_on(async {
            banyan::web::server(serving, routes, listener)
                .unwrap()
                .await
        })
        .unwrap();
}
