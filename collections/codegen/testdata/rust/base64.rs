// What the programs use of base64 0.22.
pub trait Engine {
    fn encode<T: AsRef<[u8]>>(&self, input: T) -> String;
}

pub mod engine {
    pub mod general_purpose {
        pub struct GeneralPurpose;
        pub const STANDARD: GeneralPurpose = GeneralPurpose;

        impl crate::Engine for GeneralPurpose {
            fn encode<T: AsRef<[u8]>>(&self, input: T) -> String {
                const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                let mut out = String::new();
                for chunk in input.as_ref().chunks(3) {
                    let n = (0..3).fold(0u32, |n, i| n << 8 | *chunk.get(i).unwrap_or(&0) as u32);
                    for i in 0..4 {
                        out.push(if i <= chunk.len() { LETTERS[(n >> (18 - 6 * i) & 63) as usize] as char } else { '=' });
                    }
                }
                out
            }
        }
    }
}
