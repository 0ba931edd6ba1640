//! The guest is the same wherever it is built, and is the one on record.

fn built(folder: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("OUT_DIR")).join(folder).join("digest"))
        .expect("the build step built it")
}

#[test]
fn two_folders_give_the_recorded_guest() {
    let recorded = include_str!("../../guest-lua/guest.sha256");
    let recorded = recorded.split_whitespace().next().unwrap_or_default();
    assert_eq!(built("one"), built("two/and/deeper"));
    assert_eq!(built("one"), recorded);
    assert_eq!(bioxen_lua_guest::DIGEST, recorded);
}
