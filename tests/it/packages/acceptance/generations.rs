//! Versions side by side, and VMs that keep what they were given.

use bioxen_lua::{Environment, InstallOptions};

use super::mirror::mirror;
use super::world::{World, installed, requirements, vm};
use crate::support::text;

const VERSION: &str = "return require('pl.utils')._VERSION";

fn seen(environment: &Environment) -> String {
    text(&mut vm(environment), VERSION)
}

#[test]
fn two_environments_have_two_versions() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let newest = world.installed("newest", &["penlight"]);
    let older = world.installed("older", &["penlight < 1.13"]);
    assert_eq!(installed(&newest), ["penlight 1.13.1-1"]);
    assert_eq!(installed(&older), ["penlight 1.12.0-1"]);
    assert_eq!((seen(&newest).as_str(), seen(&older).as_str()), ("1.13.1", "1.12.0"));
}

#[test]
fn a_vm_keeps_its_packages_while_others_see_new_ones() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let environment = world.installed("moving", &["penlight < 1.13", "inspect < 3.1"]);
    let before = environment.generations().wait().expect("listed").current;
    let mut running = vm(&environment);
    let wanted = requirements(&["penlight", "inspect"]);
    let change = environment.install(&wanted, InstallOptions::default().upgrade()).wait().expect("updated");
    assert_eq!(change.replaced.len(), 2, "{change:?}");
    // It reads its files only now, and they are those of the generation that it was given.
    assert_eq!(text(&mut running, VERSION), "1.12.0");
    assert_eq!(seen(&environment), "1.13.1");

    assert_eq!(environment.rollback(Some(before)).wait().expect("an earlier one"), before);
    assert_eq!(seen(&environment), "1.12.0");
    assert!(environment.verify().wait().expect("looked at").is_empty());
}

#[test]
fn what_a_vm_sees_is_not_removed() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let environment = world.installed("leased", &["penlight < 1.13"]);
    let first = environment.generations().wait().expect("listed").current;
    let mut running = vm(&environment);
    for wanted in ["say", "fifo", "basexx", "dkjson", "inspect", "penlight"] {
        let options = InstallOptions::default().upgrade();
        environment.install(&requirements(&[wanted]), options).wait().expect("installed");
    }
    world.environments().collect_garbage().wait().expect("collected");
    let kept = environment.generations().wait().expect("listed").all;
    assert!(kept.contains(&first) && kept.len() <= 5, "{kept:?}");
    assert_eq!(text(&mut running, VERSION), "1.12.0");
    drop(running);
    world.environments().collect_garbage().wait().expect("collected");
    let kept = environment.generations().wait().expect("listed").all;
    assert!(!kept.contains(&first), "{kept:?}");
    assert_eq!(seen(&environment), "1.13.1");
}
