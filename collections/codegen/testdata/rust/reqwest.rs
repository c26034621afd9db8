// What the programs use of reqwest 0.12, with its signatures, on plain HTTP:
// enough to compile and run them where no crates can be fetched.
use std::error::Error;
use std::fmt;

#[derive(Clone, PartialEq)]
pub struct Method(String);

impl Method {
    pub const GET: Method = Method(String::new());

    pub fn from_bytes(name: &[u8]) -> Result<Method, std::str::Utf8Error> {
        Ok(Method(std::str::from_utf8(name)?.to_string()))
    }

    fn name(&self) -> &str {
        if self.0.is_empty() { "GET" } else { &self.0 }
    }
}

#[allow(non_upper_case_globals)]
impl Method {
    pub const HEAD: Head = Head;
}

// Head stands for a constant text, which no constant of this kind can hold.
pub struct Head;

impl PartialEq<Head> for Method {
    fn eq(&self, _: &Head) -> bool {
        self.0 == "HEAD"
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

#[derive(Clone, PartialEq)]
pub struct Url(String);

impl Url {
    pub fn parse(text: &str) -> Result<Url, std::io::Error> {
        Ok(Url(text.to_string()))
    }

    pub fn join(&self, target: &str) -> Result<Url, std::io::Error> {
        if target.contains("://") {
            return Url::parse(target);
        }
        Ok(Url(format!("{}{target}", self.origin())))
    }

    pub fn origin(&self) -> String {
        let start = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[start..].find(['/', '?']).map_or(self.0.len(), |at| start + at);
        self.0[..end].to_string()
    }
}

pub trait IntoUrl {
    fn into_url(self) -> Url;
}

impl IntoUrl for &str {
    fn into_url(self) -> Url {
        Url(self.to_string())
    }
}

impl IntoUrl for String {
    fn into_url(self) -> Url {
        Url(self)
    }
}

impl IntoUrl for Url {
    fn into_url(self) -> Url {
        self
    }
}

pub mod redirect {
    pub struct Policy;

    impl Policy {
        pub fn none() -> Policy {
            Policy
        }
    }
}

pub mod header {
    pub struct HeaderMap(pub(crate) Vec<(String, String)>);

    pub struct HeaderValue(pub(crate) String);

    impl HeaderMap {
        pub fn get(&self, name: &str) -> Option<HeaderValue> {
            self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| HeaderValue(value.clone()))
        }
    }

    impl HeaderValue {
        pub fn to_str(&self) -> Result<&str, std::fmt::Error> {
            Ok(&self.0)
        }
    }
}

pub mod blocking {
    use super::header::HeaderMap;
    use super::redirect::Policy;
    use super::{Error, IntoUrl, Method, StatusCode, Url};
    use std::io::{ErrorKind, Read, Write};
    use std::net::TcpStream;

    pub struct Client {
        follow: bool,
    }

    pub struct ClientBuilder(Client);

    impl ClientBuilder {
        pub fn redirect(mut self, _: Policy) -> ClientBuilder {
            self.0.follow = false;
            self
        }
        pub fn danger_accept_invalid_certs(self, _: bool) -> ClientBuilder {
            self
        }
        pub fn build(self) -> Result<Client, std::io::Error> {
            Ok(self.0)
        }
    }

    impl Client {
        pub fn new() -> Client {
            Client { follow: true }
        }
        pub fn builder() -> ClientBuilder {
            ClientBuilder(Client::new())
        }
        pub fn request<U: IntoUrl>(&self, method: Method, url: U) -> RequestBuilder {
            RequestBuilder { follow: self.follow, method, url: url.into_url(), headers: vec![], body: None }
        }
    }

    pub struct Body(Vec<u8>);

    impl From<Vec<u8>> for Body {
        fn from(bytes: Vec<u8>) -> Body {
            Body(bytes)
        }
    }

    pub struct RequestBuilder {
        follow: bool,
        method: Method,
        url: Url,
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
        pub fn send(mut self) -> Result<Response, Box<dyn Error>> {
            for _ in 0..11 {
                let response = self.once()?;
                let location = match response.headers().get("location") {
                    Some(location) if self.follow && response.code / 100 == 3 => location.to_str()?.to_string(),
                    _ => return Ok(response),
                };
                if response.code != 307 && response.code != 308 {
                    self.body = None;
                    self.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
                    if self.method != Method::HEAD {
                        self.method = Method::GET;
                    }
                }
                let target = self.url.join(&location)?;
                if target.origin() != self.url.origin() {
                    let secrets = ["authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"];
                    self.headers.retain(|(name, _)| !secrets.contains(&name.to_ascii_lowercase().as_str()));
                }
                self.url = target;
            }
            Err("too many redirects".into())
        }
        fn once(&self) -> Result<Response, std::io::Error> {
            let rest = self.url.0.strip_prefix("http://").ok_or(ErrorKind::InvalidInput)?;
            let at = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, target) = rest.split_at(at);
            let slash = if target.starts_with('/') { "" } else { "/" };
            let mut head = format!("{} {slash}{target} HTTP/1.1\r\nConnection: close\r\n", self.method.name());
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
            stream.write_all(self.body.as_deref().unwrap_or_default())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            let code = answer.get(9..12).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            let headers = head.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_string(), value.to_string())).collect();
            Ok(Response { code, headers: HeaderMap(headers), body: body.to_string() })
        }
    }

    pub struct Response {
        code: u16,
        headers: HeaderMap,
        body: String,
    }

    impl Response {
        pub fn status(&self) -> StatusCode {
            StatusCode(self.code)
        }
        pub fn headers(&self) -> &HeaderMap {
            &self.headers
        }
        pub fn text(self) -> Result<String, std::io::Error> {
            Ok(self.body)
        }
    }
}
