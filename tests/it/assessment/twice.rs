//! The second marker, blind; the two in the middle; the moderator.

use super::world::{OVER, Room, points, post};

#[actix_web::test]
async fn the_second_marker_is_blind_and_the_moderator_decides_what_is_too_far_apart() {
    let mut room = Room::new().await;
    let at = room
        .opened(1, &[("second", "all"), ("tolerance", "10")])
        .await;
    assert_eq!(room.hand_in(&at, 0, "a.pdf").await.status, 303);
    assert_eq!(room.hand_in(&at, 1, "b.pdf").await.status, 303);
    room.at(OVER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let other = room.other_id().to_string();
    let fields = [("marker", other.as_str())];
    let early = desk.post(&format!("{at}/second"), &fields).await;
    assert_eq!(early.status, 409, "{}", early.text());
    let (one, two) = (room.script(&at, 0), room.script(&at, 1));
    let path = |script: &str| format!("/marking/{script}");
    assert_eq!(
        post(&room.marker(), &path(&one), &points("8", "8"))
            .await
            .status,
        303
    );
    assert_eq!(
        post(&room.marker(), &path(&two), &points("4", "4"))
            .await
            .status,
        303
    );
    let same = room.school.teacher.0.to_string();
    let same = desk
        .post(&format!("{at}/second"), &[("marker", same.as_str())])
        .await;
    assert_eq!(same.status, 409, "{}", same.text());
    let drawn = desk.post(&format!("{at}/second"), &fields).await;
    assert_eq!(drawn.status, 303, "{}", drawn.text());
    let page = room.other_marker().get(&path(&one)).await.text();
    assert!(
        page.contains("You mark without knowing the other mark."),
        "{page}"
    );
    assert!(
        !page.contains("80%") && !page.contains("Read the circular"),
        "{page}"
    );
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 409);
    // 80 and 85 meet in the middle; 40 and 60 do not.
    assert_eq!(
        post(&room.other_marker(), &path(&one), &points("8", "9"))
            .await
            .status,
        303
    );
    assert_eq!(
        post(&room.other_marker(), &path(&two), &points("6", "6"))
            .await
            .status,
        303
    );
    let page = room.other_marker().get(&path(&one)).await.text();
    assert!(page.contains("First marker: 80%"), "{page}");
    let state = |script: &str| {
        room.school.one(&format!(
            "SELECT state || ' ' || coalesce(agreed::text, '-') FROM scripts WHERE id = '{script}'"
        ))
    };
    assert_eq!(
        (state(&one).as_str(), state(&two).as_str()),
        ("agreed 8250", "second_marked -")
    );
    let form = desk.get(&format!("{at}/scripts/{two}")).await.text();
    assert!(
        form.contains("First marker: 40%") && form.contains("Second marker: 60%"),
        "{form}"
    );
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 409);
    let beyond = post(&desk, &format!("{at}/scripts/{two}"), &points("5", "")).await;
    assert_eq!(beyond.status, 422, "{}", beyond.text());
    assert_eq!(
        post(&desk, &format!("{at}/scripts/{two}"), &points("5", "5"))
            .await
            .status,
        303
    );
    assert_eq!(state(&two), "agreed 5000");
    assert_eq!(
        post(&desk, &format!("{at}/scripts/{two}"), &points("6", "6"))
            .await
            .status,
        409
    );
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 303);
}
