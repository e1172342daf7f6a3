//! Clippy reads only the nearest `clippy.toml`: the domain's must say what the root's says.

#[test]
fn what_is_banned_for_everyone_is_banned_here() {
    let own = include_str!("../clippy.toml");
    let bans: Vec<&str> =
        include_str!("../../../clippy.toml").lines().filter(|line| line.trim_start().starts_with("{ path")).collect();
    let missing: Vec<&&str> = bans.iter().filter(|ban| !own.contains(**ban)).collect();
    assert!(!bans.is_empty() && missing.is_empty(), "{missing:#?}");
}
