// What the programs use of urlencoding 2.
use std::borrow::Cow;

pub fn encode(data: &str) -> Cow<str> {
    let mut out = String::new();
    for b in data.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(b as char);
        } else {
            out += &format!("%{b:02X}");
        }
    }
    Cow::Owned(out)
}
