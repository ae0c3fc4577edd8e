//! The project's Markdown as HTML that follows the rules of the site: one `h1`, tables with captions, no styles, no relative links.

use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html,
};

use crate::parts::Link;

/// Extensions of Markdown: tables, and typographic quotation marks as in the rest of the site.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_SMART_PUNCTUATION);

/// The parts of a text that a page shows.
pub(crate) struct Document {
    /// The first heading, as plain text.
    pub(crate) title: String,
    /// The first paragraph, as plain text.
    pub(crate) opening: String,
    /// The second-level headings, as links within the page.
    pub(crate) contents: Vec<Link>,
    /// The rest as HTML.
    pub(crate) html: String,
}

impl Document {
    /// Reads `text`, whose first heading becomes the title and whose first paragraph the opening.
    pub(crate) fn new(text: &str) -> Self {
        let mut events: Vec<Event<'_>> = Parser::new_ext(text, OPTIONS).collect();
        let title = take(
            &mut events,
            |tag| {
                matches!(
                    tag,
                    Tag::Heading {
                        level: HeadingLevel::H1,
                        ..
                    }
                )
            },
            |end| matches!(end, TagEnd::Heading(HeadingLevel::H1)),
        );
        let opening = take(
            &mut events,
            |tag| matches!(tag, Tag::Paragraph),
            |end| matches!(end, TagEnd::Paragraph),
        );
        let mut contents = Vec::new();
        let events = apply_rules(events, &mut contents);
        let mut html = String::new();
        push_html(&mut html, events.into_iter());
        // The Content-Security-Policy forbids inline styles; classes replace them.
        let html = html
            .replace(" style=\"text-align: right\"", " class=\"n\"")
            .replace(" style=\"text-align: left\"", "")
            .replace(" style=\"text-align: center\"", "");
        Self {
            title,
            opening,
            contents,
            html,
        }
    }
}

/// Removes the first element between a tag that `starts` and one that `ends`; returns its plain text.
fn take(
    events: &mut Vec<Event<'_>>,
    starts: impl Fn(&Tag<'_>) -> bool,
    ends: impl Fn(&TagEnd) -> bool,
) -> String {
    let from = events
        .iter()
        .position(|event| matches!(event, Event::Start(tag) if starts(tag)));
    let Some(from) = from else {
        return String::new();
    };
    let length = events[from..]
        .iter()
        .position(|event| matches!(event, Event::End(end) if ends(end)))
        .unwrap_or(events.len() - from - 1);
    plain(events.drain(from..=from + length))
}

fn plain<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    events
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.into_string()),
            Event::SoftBreak | Event::HardBreak => Some(" ".to_owned()),
            _ => None,
        })
        .collect()
}

/// Gives headings an address, tables a caption and a container, and drops raw HTML and relative links.
fn apply_rules<'a>(events: Vec<Event<'a>>, contents: &mut Vec<Link>) -> Vec<Event<'a>> {
    let mut kept = Vec::with_capacity(events.len());
    // A table's caption is the heading above it.
    let mut heading = String::new();
    let mut links = Vec::new();
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let mut inner = Vec::new();
                while let Some(event) = events.next_if(|event| !ends_heading(event)) {
                    inner.push(event);
                }
                heading = plain(inner.iter().cloned());
                let level = level.max(HeadingLevel::H2);
                let id = slug(&heading);
                if level == HeadingLevel::H2 {
                    contents.push(Link::new(format!("#{id}"), heading.clone()));
                }
                kept.push(Event::Start(Tag::Heading {
                    level,
                    id: Some(id.into()),
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }));
                kept.extend(inner);
                kept.push(Event::End(TagEnd::Heading(level)));
            }
            Event::End(TagEnd::Heading(_)) | Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Start(Tag::Table(alignments)) => {
                kept.push(Event::Html(scrolling(&heading)));
                kept.push(Event::Start(Tag::Table(alignments)));
                kept.push(Event::Html(caption(&heading)));
            }
            Event::End(TagEnd::Table) => {
                kept.push(Event::End(TagEnd::Table));
                kept.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let leads = link_type != LinkType::Email
                    && ["/", "#", "https://"]
                        .iter()
                        .any(|start| dest_url.starts_with(start));
                links.push(leads);
                if leads {
                    kept.push(Event::Start(Tag::Link {
                        link_type,
                        dest_url,
                        title,
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop().unwrap_or(false) {
                    kept.push(Event::End(TagEnd::Link));
                }
            }
            other => kept.push(other),
        }
    }
    kept
}

const fn ends_heading(event: &Event<'_>) -> bool {
    matches!(event, Event::End(TagEnd::Heading(_)))
}

/// A container in which a table that is too wide scrolls, also by keyboard.
fn scrolling(heading: &str) -> CowStr<'static> {
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">",
        escaped(heading)
    )
    .into()
}

fn caption(heading: &str) -> CowStr<'static> {
    format!("<caption class=\"sr\">{}</caption>", escaped(heading)).into()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// `Why it is fitted so` as `why-it-is-fitted-so`.
fn slug(heading: &str) -> String {
    heading
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The *model*\n\nIt predicts `places`\nof cars.\n\n## What & why\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n\
                        See [this](other.md), [that](https://example.org) and <b>more</b>.\n\n# Another\n";

    #[test]
    fn a_text_has_title_opening_and_contents() {
        let document = Document::new(TEXT);
        assert_eq!(document.title, "The model");
        assert_eq!(document.opening, "It predicts places of cars.");
        let contents: Vec<_> = document
            .contents
            .iter()
            .map(|link| (link.href.as_str(), link.text.as_str()))
            .collect();
        assert_eq!(
            contents,
            [("#what-why", "What & why"), ("#another", "Another")]
        );
    }

    #[test]
    fn the_html_follows_the_rules_of_the_site() {
        let html = Document::new(TEXT).html;
        assert!(!html.contains("<h1") && !html.contains("style="), "{html}");
        assert!(
            html.contains("<table><caption class=\"sr\">What &amp; why</caption><thead>"),
            "{html}"
        );
        assert!(html.contains("<th class=\"n\">b</th>") && html.contains("<td class=\"n\">2</td>"));
        assert!(
            html.contains("this, <a href=\"https://example.org\">that</a> and more."),
            "{html}"
        );
        assert!(Document::new("").html.is_empty());
    }
}
