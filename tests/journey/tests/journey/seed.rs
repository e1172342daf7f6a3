//! The demo organisation is seeded with every start, whatever people have done to it since.

use reqwest::Method;
use serde_json::json;

use crate::stack::Stack;

#[tokio::test]
async fn seeding_again_works_where_the_access_of_a_demo_learner_has_ended() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let thandi = json!({"people": [{"email": "thandi@demo.example", "name": "Thandi Nkosi", "roles": ["learner"]}]});
    let invited = stack.send("POST", "/api/people", &admin, thandi).await.expect(200);
    let access = format!("/api/people/{}/deactivation", invited["people"][0]["person"].as_str().expect("a person"));
    stack.call(Method::POST, &access, &admin, None).await.expect(200);

    let seeded = stack.stoa(&["seed"]);

    stack.call(Method::DELETE, &access, &admin, None).await.expect(200);
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
}
