//! The playground's files: served when asked for, alone, and under a policy that allows nothing else.

use http::{Method, Version};

use crate::{plain::send, support::Running};

#[tokio::test]
async fn the_page_is_served_when_it_is_asked_for_alone() {
    let server = Running::start().await;
    let answer = send(&server, Version::HTTP_11, Method::GET, "/", &[], "").await;
    assert_eq!(answer.status, 404);
    server.stop().await;

    let server = Running::with(&[("playground", "true")]).await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/examples/town_library.html", "text/plain; charset=utf-8"),
    ] {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let answer = send(&server, version, Method::GET, path, &[], "").await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(content_type)), "{path}");
            assert!(!answer.body.is_empty());
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
        let answer = send(&server, Version::HTTP_11, Method::HEAD, path, &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0), "{path}");
        assert_ne!(answer.header("content-length"), Some("0"));
    }
    for path in ["/page.jsx", "/examples/", "/examples/../Cargo.toml", "//"] {
        let answer = send(&server, Version::HTTP_11, Method::GET, path, &[], "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_page_names_no_other_host_and_holds_no_script_or_style_of_its_own() {
    let server = Running::with(&[("playground", "true")]).await;
    let page = send(&server, Version::HTTP_11, Method::GET, "/", &[], "").await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let files = page.split('"').filter(|value| value.starts_with('/') && value.contains('.'));
    let mut count = 0;
    for path in files {
        count += 1;
        let answer = send(&server, Version::HTTP_11, Method::GET, path, &[], "").await;
        assert_eq!(answer.status, 200, "{path}");
        let content = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(!content.replace("http://www.w3.org/2000/svg", "").contains("://"), "{path}");
    }
    assert!(count >= 3);
    for forbidden in ["://", "style=", "<style", "onclick", "javascript:", "<script>"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    server.stop().await;
}
