// What the programs use of base64 0.22.
pub trait Engine {
    fn encode<T: AsRef<[u8]>>(&self, input: T) -> String;
    fn decode<T: AsRef<[u8]>>(&self, input: T) -> Result<Vec<u8>, std::fmt::Error>;
}

pub mod engine {
    pub mod general_purpose {
        pub struct GeneralPurpose;
        pub const STANDARD: GeneralPurpose = GeneralPurpose;

        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        impl crate::Engine for GeneralPurpose {
            fn decode<T: AsRef<[u8]>>(&self, input: T) -> Result<Vec<u8>, std::fmt::Error> {
                let mut out = vec![];
                for chunk in input.as_ref().chunks(4) {
                    let digit = |i: usize| LETTERS.iter().position(|l| Some(l) == chunk.get(i)).map(|n| n as u32);
                    let n = (0..4).fold(0u32, |n, i| n << 6 | digit(i).unwrap_or(0));
                    let known = (0..4).filter(|i| digit(*i).is_some()).count();
                    out.extend(&n.to_be_bytes()[1..known]);
                }
                Ok(out)
            }
            fn encode<T: AsRef<[u8]>>(&self, input: T) -> String {
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
