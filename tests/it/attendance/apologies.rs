//! Apologies for a session: sent beforehand, decided with a letter, named at the sign-off.

use super::world::Class;

const PDF: &str = "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";
const AFTER: &str = "2027-02-22T14:05:00Z";

#[actix_web::test]
async fn an_apology_is_sent_beforehand_and_decided_with_a_letter() {
    let mut class = Class::new().await;
    let path = format!("/me/attendance/{}/apology", class.classes[0]);
    {
        let trainee = class.trainee(0);
        assert!(trainee.get("/me/attendance").await.text().contains(&path));
        let empty = trainee.upload(&path, &[("reason", "")], &[]).await;
        assert_eq!(empty.status, 422);
        let bad = trainee
            .upload(
                &path,
                &[("reason", "Ill.")],
                &[("evidence", "a.pdf", "application/pdf", b"no pdf")],
            )
            .await;
        assert_eq!(bad.status, 422);
        assert!(bad.text().contains("Ill."), "nothing typed is lost");
        let sent = trainee
            .upload(
                &path,
                &[("reason", "Ill.")],
                &[("evidence", "a.pdf", "application/pdf", PDF.as_bytes())],
            )
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        assert_eq!(
            trainee
                .upload(&path, &[("reason", "Again.")], &[])
                .await
                .status,
            409
        );
        assert_eq!(
            class
                .trainee(1)
                .upload(&path, &[("reason", "Work.")], &[])
                .await
                .status,
            303
        );
    }
    let office = class.school.coordinator();
    let all = class
        .school
        .world
        .texts("SELECT id FROM apologies ORDER BY created_at, id");
    let at = |n: usize| class.school.path(&format!("/apologies/{}", all[n]));
    let page = office.get(&at(0)).await.text();
    assert!(
        page.contains("Ill.") && page.contains("/evidence"),
        "{page}"
    );
    assert_eq!(
        office.get(&format!("{}/evidence", at(0))).await.body,
        PDF.as_bytes()
    );
    let own = class
        .trainee(0)
        .get(&format!("/me/apologies/{}/evidence", all[0]))
        .await;
    assert_eq!(own.body, PDF.as_bytes());
    assert_eq!(
        class
            .trainee(1)
            .get(&format!("/me/apologies/{}/evidence", all[0]))
            .await
            .status,
        404
    );
    assert_eq!(
        office
            .post(&at(0), &[("version", "1"), ("verdict", "accept")])
            .await
            .status,
        422
    );
    let accept = [
        ("version", "1"),
        ("verdict", "accept"),
        ("reason", "Get well."),
    ];
    assert_eq!(office.post(&at(0), &accept).await.status, 303);
    assert_eq!(office.post(&at(0), &accept).await.status, 409);
    assert_eq!(
        class.one("SELECT state || ' ' || source FROM attendance_records"),
        "excused apology"
    );
    let late = class
        .trainee(0)
        .post(&format!("/me/apologies/{}/withdraw", all[0]), &[])
        .await;
    assert_eq!(late.status, 409);
    let back = class
        .trainee(1)
        .post(&format!("/me/apologies/{}/withdraw", all[1]), &[])
        .await;
    assert_eq!(back.status, 303);
    let decline = [("version", "2"), ("verdict", "decline"), ("reason", "No.")];
    assert_eq!(office.post(&at(1), &decline).await.status, 409);
    assert_eq!(class.letters().len(), 1, "{:?}", class.letters());
    let csv = office
        .get(&class.school.path("/apologies.csv?state=accepted"))
        .await
        .text();
    assert!(
        csv.contains("Ill.,Get well.") && csv.lines().count() == 2,
        "{csv}"
    );
    class.at("2027-02-22T11:00:00Z");
    let begun = class
        .trainee(1)
        .upload(&path, &[("reason", "Too late.")], &[])
        .await;
    assert_eq!(begun.status, 409);
    assert!(begun.text().contains("課節已開始"), "{}", begun.text());
}

#[actix_web::test]
async fn an_apology_is_read_by_the_instructor_named_at_sign_off_and_leaves_a_trail() {
    let mut class = Class::new().await;
    let path = format!("/me/attendance/{}/apology", class.classes[0]);
    let sent = class
        .trainee(0)
        .upload(&path, &[("reason", "A wedding in the family.")], &[])
        .await;
    assert_eq!(sent.status, 303);
    class.at(AFTER);
    let teacher = class.teacher();
    let row = teacher.get(&class.register(0)).await.text();
    assert!(row.contains("A wedding in the family."), "{row}");
    let asked = teacher
        .get(&format!("/classes/{}/sign-off", class.classes[0]))
        .await
        .text();
    assert!(
        asked.contains("counted as absent until they are: TRAINEE 1"),
        "{asked}"
    );
    assert_eq!(class.sign(&teacher, 0).await, 303);
    let letter =
        class.one("SELECT body_text FROM letters WHERE kind = 'attendance_absent' AND lang = 'en'");
    assert!(
        letter.contains("Your apology is not decided yet"),
        "{letter}"
    );
    assert!(!letter.contains("no apology was accepted"), "{letter}");
    let office = class.school.coordinator();
    let apology = class.one("SELECT id FROM apologies");
    let accept = [
        ("version", "1"),
        ("verdict", "accept"),
        ("reason", "Our congratulations."),
    ];
    let place = class.school.path(&format!("/apologies/{apology}"));
    assert_eq!(office.post(&place, &accept).await.status, 303);
    let page = office.get(&class.register(0)).await.text();
    assert!(
        page.contains("Absent → Excused. Our congratulations."),
        "{page}"
    );
}
