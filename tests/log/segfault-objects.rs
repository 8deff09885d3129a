// SPDX-License-Identifier: GPL-2.0-or-later
//! Segfaults in a method that reads a member through a NULL pointer.

pub struct Node {
    pub name: [u64; 3],
    pub next: *const Node,
}

pub mod ring {
    use super::Node;

    impl Node {
        #[inline(never)]
        pub fn follow(&self) -> u64 {
            unsafe { (*self.next).name[1] }
        }
    }
}

/// A value that no compiler can tell.
fn unknown<T>(value: T) -> T {
    unsafe { std::ptr::read_volatile(&std::mem::ManuallyDrop::new(value) as *const _ as *const T) }
}

#[no_mangle]
pub extern "C" fn lab_main() -> i32 {
    let last = Node { name: [1, 2, 3], next: unknown(std::ptr::null()) };
    let follow = unknown(Node::follow as fn(&Node) -> u64);
    follow(&last) as i32
}

#[allow(dead_code)]
fn main() {
    std::process::exit(lab_main());
}
