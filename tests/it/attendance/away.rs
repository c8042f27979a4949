//! Who takes part and yet is not expected: exempted from the module, or on a break.

use super::world::Class;
use crate::teaching::world::exempted;

const DURING: &str = "2027-02-22T11:30:00Z";

/// A break of the second trainee's over the first session, in this state.
fn pause(class: &Class, state: &str) {
    class.school.world.app.as_owner(&format!(
        "DELETE FROM learning_breaks; INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, \
           ends_on, reason, state) SELECT gen_random_uuid(), programme_id, cohort_id, id, person_id, 'break', '2027-02-15', '2027-02-22', \
           'Away', '{state}' FROM enrolments WHERE id = '{}'",
        class.enrolment(1)
    ));
}

#[actix_web::test]
async fn the_exempted_and_those_on_a_break_are_named_beside_the_register_and_are_never_absent() {
    let mut class = Class::new().await;
    class.at(DURING);
    pause(&class, "asked");
    let teacher = class.teacher();
    let page = teacher.get(&class.register(0)).await.text();
    assert!(
        page.contains("2 unmarked") && !page.contains("Not expected"),
        "{page}"
    );
    pause(&class, "granted");
    let page = teacher.get(&class.register(0)).await.text();
    assert!(
        page.contains("1 unmarked") && page.contains("On a break"),
        "{page}"
    );
    let code = class.code(0, DURING);
    let path = format!("/check-in/{}", class.classes[0]);
    assert_eq!(class.trainee(1).get(&path).await.status, 404);
    let tried = class.trainee(1).post(&path, &[("code", &code)]).await;
    assert!(tried.status >= 400, "{}", tried.text());
    assert_eq!(class.sign(&teacher, 0).await, 303);
    assert_eq!(
        class.one("SELECT string_agg(state || ' ' || (enrolment_id = (SELECT min(id::text)::uuid FROM enrolments)), ',') FROM attendance_records"),
        "absent true"
    );
}

#[actix_web::test]
async fn an_exemption_takes_its_module_out_of_the_register_but_never_an_entry_that_stands() {
    let mut class = Class::new().await;
    class.at(DURING);
    let teacher = class.teacher();
    let first = class.enrolment(0);
    assert_eq!(class.enter(&teacher, 0, &[(&first, "present")]).await, 303);
    for n in 0..2 {
        let (_, enrolment) = class.school.trainees[n];
        class
            .school
            .world
            .app
            .as_owner(&exempted(enrolment, class.school.module));
    }
    let page = teacher.get(&class.register(0)).await.text();
    assert!(page.contains("0 unmarked"), "{page}");
    let (register, away) = page.split_once("Not expected").unwrap();
    assert!(
        register.contains("TRAINEE 1") && !register.contains("TRAINEE 2"),
        "{register}"
    );
    assert!(
        away.contains("TRAINEE 2")
            && away.contains("Exempted from the module")
            && !away.contains("TRAINEE 1"),
        "{away}"
    );
}
