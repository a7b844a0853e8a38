//! The page for a pull request, as a reader of Markdown takes it.

use std::fs;

use pulldown_cmark::{Event, Options, Parser, Tag, html};

use super::{hostile, said, text};

fn html(page: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(page, Options::ENABLE_TABLES));
    out
}

#[test]
fn a_page_has_the_verdicts_and_the_tiers_as_tables() {
    let place = super::with("scenarios/contoso-200.yaml");
    let place = place.path();
    let (code, told) = said(place, &["export", "contoso-200.yaml", "-o", "a.md"]);
    assert_eq!(code, 0, "{told}");
    let page = text(place, "a.md");
    assert!(page.starts_with("<!-- supsim:contoso-200 -->\n### supsim: "), "{page}");
    assert!(page.chars().count() < 60_000);
    let tables = Parser::new_ext(&page, Options::ENABLE_TABLES);
    let tables = tables.filter(|event| matches!(event, Event::Start(Tag::Table(_)))).count();
    assert!(tables >= 4, "{tables} tables in\n{page}");
    let html = html(&page);
    for cell in [
        "<td>branches-24h</td>",
        "<td>secondaries</td>",
        "<td style=\"text-align: right\">190</td>",
    ] {
        assert!(html.contains(cell), "{cell} is not in\n{html}");
    }
    // on standard output it is the same
    let (_, told) = said(place, &["export", "contoso-200.yaml", "--to", "md"]);
    assert_eq!(told, page);
}

#[test]
fn hostile_names_stay_in_their_cells_and_are_read_as_they_were() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("a.yaml"), hostile::scenario()).unwrap();
    let (code, told) = said(place, &["export", "a.yaml", "-o", "a.md"]);
    assert_eq!(code, 0, "{told}");
    let page = text(place, "a.md");
    for event in Parser::new_ext(&page, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_))
            | Event::Code(_) => {
                panic!("{event:?} in\n{page}")
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<!-- supsim:", "<details>", "</details>", "<sub>", "</sub>"];
                assert!(ours.iter().any(|tag| html.trim().starts_with(tag)), "{html}");
            }
            _ => {}
        }
    }
    let html = html(&page);
    assert!(html.contains("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>"), "{html}");
    assert!(html.contains("<td>'=cmd()") || !page.contains("cmd"), "{html}");
    // every row of a table has as many cells as its head
    for table in html.split("<table>").skip(1) {
        let table = table.split("</table>").next().unwrap();
        let heads = table.matches("<th").count() - table.matches("<thead").count();
        for row in table.split("<tr>").skip(1).filter(|row| row.contains("<td")) {
            assert_eq!(row.matches("<td").count(), heads, "{row}");
        }
    }
}
