// What the programs use of reqwest 0.12, with its signatures, on plain HTTP:
// enough to compile and run them where no crates can be fetched.
use std::fmt;

#[derive(Clone)]
pub struct Method(String);

impl Method {
    pub fn from_bytes(name: &[u8]) -> Result<Method, std::str::Utf8Error> {
        Ok(Method(std::str::from_utf8(name)?.to_string()))
    }
}

#[derive(Clone, Copy)]
pub struct StatusCode(u16);

impl StatusCode {
    pub fn as_u16(&self) -> u16 {
        self.0
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub trait IntoUrl {
    fn text(self) -> String;
}

impl IntoUrl for &str {
    fn text(self) -> String {
        self.to_string()
    }
}

impl IntoUrl for String {
    fn text(self) -> String {
        self
    }
}

pub mod blocking {
    use super::{IntoUrl, Method, StatusCode};
    use std::fs::File;
    use std::io::{Error, ErrorKind, Read, Write};
    use std::net::TcpStream;

    pub struct Client;

    impl Client {
        pub fn new() -> Client {
            Client
        }
        pub fn request<U: IntoUrl>(&self, method: Method, url: U) -> RequestBuilder {
            RequestBuilder { method, url: url.text(), headers: vec![], body: None }
        }
    }

    pub struct Body(Vec<u8>);

    impl From<String> for Body {
        fn from(s: String) -> Body {
            Body(s.into_bytes())
        }
    }

    impl From<&'static str> for Body {
        fn from(s: &'static str) -> Body {
            Body(s.as_bytes().to_vec())
        }
    }

    impl From<File> for Body {
        fn from(mut f: File) -> Body {
            let mut all = vec![];
            f.read_to_end(&mut all).expect("a readable file");
            Body(all)
        }
    }

    pub struct RequestBuilder {
        method: Method,
        url: String,
        headers: Vec<(String, String)>,
        body: Option<Vec<u8>>,
    }

    impl RequestBuilder {
        pub fn header<K: Into<String>, V: Into<String>>(mut self, name: K, value: V) -> RequestBuilder {
            self.headers.push((name.into(), value.into()));
            self
        }
        pub fn body<T: Into<Body>>(mut self, body: T) -> RequestBuilder {
            self.body = Some(body.into().0);
            self
        }
        pub fn multipart(mut self, form: multipart::Form) -> RequestBuilder {
            self.headers.push(("Content-Type".to_string(), "multipart/form-data; boundary=x-y-z".to_string()));
            let mut out = vec![];
            for (name, file, value) in form.parts {
                let quoted = name.replace('\\', "\\\\").replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
                out.extend(format!("--x-y-z\r\nContent-Disposition: form-data; name=\"{quoted}\"").bytes());
                if let Some(file) = file {
                    out.extend(format!("; filename=\"{file}\"").bytes());
                }
                out.extend(b"\r\n\r\n");
                out.extend(value);
                out.extend(b"\r\n");
            }
            out.extend(b"--x-y-z--\r\n");
            self.body = Some(out);
            self
        }
        pub fn send(self) -> Result<Response, Error> {
            let rest = self.url.strip_prefix("http://").ok_or(ErrorKind::InvalidInput)?;
            let at = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, target) = rest.split_at(at);
            let slash = if target.starts_with('/') { "" } else { "/" };
            let mut head = format!("{} {slash}{target} HTTP/1.1\r\nConnection: close\r\n", self.method.0);
            if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
                head += &format!("Host: {host}\r\n");
            }
            for (name, value) in &self.headers {
                head += &format!("{name}: {value}\r\n");
            }
            if let Some(body) = &self.body {
                head += &format!("Content-Length: {}\r\n", body.len());
            }
            let mut stream = TcpStream::connect(host)?;
            stream.write_all(head.as_bytes())?;
            stream.write_all(b"\r\n")?;
            stream.write_all(&self.body.unwrap_or_default())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            let code = answer.get(9..12).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
            let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_string()).unwrap_or_default();
            Ok(Response { code, body })
        }
    }

    pub struct Response {
        code: u16,
        body: String,
    }

    impl Response {
        pub fn status(&self) -> StatusCode {
            StatusCode(self.code)
        }
        pub fn text(self) -> Result<String, Error> {
            Ok(self.body)
        }
    }

    pub mod multipart {
        use std::borrow::Cow;
        use std::path::Path;

        pub struct Form {
            pub(crate) parts: Vec<(String, Option<String>, Vec<u8>)>,
        }

        impl Form {
            pub fn new() -> Form {
                Form { parts: vec![] }
            }
            pub fn text<T: Into<Cow<'static, str>>, U: Into<Cow<'static, str>>>(mut self, name: T, value: U) -> Form {
                self.parts.push((name.into().into_owned(), None, value.into().into_owned().into_bytes()));
                self
            }
            pub fn file<T: Into<Cow<'static, str>>, P: AsRef<Path>>(mut self, name: T, path: P) -> Result<Form, std::io::Error> {
                let file = path.as_ref().file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.parts.push((name.into().into_owned(), Some(file), std::fs::read(path)?));
                Ok(self)
            }
        }
    }
}
