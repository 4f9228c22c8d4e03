# ruff: noqa: E501  markup stands in lines as long as the site prints them
"""Pages made of the sample texts in every markup they were ever shown in; the texts stay where they are."""

import html
import re
from typing import NamedTuple

AGO = re.compile(r"\d+ \w+(?: \d+ \w+)? ago\Z")


class Item(NamedTuple):
    title: str
    date: str
    body: str

    @property
    def url(self) -> str:
        return f"https://www.nato.int/cps/en/natohq/news_{200000 + sum(map(ord, self.title)) % 99999}.htm"


class Aggregator(NamedTuple):
    items: list[Item]
    checked: str
    description: str
    icon: str


def read_aggregator(text: str) -> Aggregator:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    *rest, checked, description, icon = lines
    assert AGO.match(checked)
    items = [Item(*rest[at : at + 3]) for at in range(0, len(rest), 3)]
    assert all(AGO.match(item.date) for item in items)
    return Aggregator(items, checked, description, icon)


def render_aggregator(feed: Aggregator, markup: str) -> bytes:
    items = "\n".join(ITEMS[markup](item) for item in feed.items)
    block = BLOCKS[markup](feed)
    inner = f"{block}\n{items}" if markup == "seven" else f"{items}\n{block}"
    wrapped = WRAPPERS[markup].format(inner=inner)
    return (
        f"<!DOCTYPE html>\n<html lang='en' dir='ltr'><head><meta charset='utf-8'><title>NATO News | A site</title>"
        f"</head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav><main><h1>NATO News</h1>{wrapped}"
        f"<nav class='pager'><h4>Pagination</h4><ul><li><a href='?page=1'>Next</a></li></ul></nav></main>"
        f"<footer>Posted 5 years 2 months ago</footer></body></html>"
    ).encode()


def _seven(item: Item) -> str:
    return f"""<div class="feed-item">
  <h3 class="feed-item-title"><a href="{item.url}">{html.escape(item.title)}</a></h3>
  <div class="feed-item-meta"><a href="/aggregator/sources/1" class="feed-item-source">NATO News</a> -
    <span class="feed-item-date"><em>{item.date.removesuffix(" ago")}</em> ago</span></div>
  <div class="feed-item-body">{html.escape(item.body)}</div>
</div>"""


def _stable(item: Item) -> str:
    return f"""<article>
  <h3><a href="{item.url}">{html.escape(item.title)}</a></h3>
  <a href="/aggregator/sources/1">NATO News</a> {item.date}
  <div class="item-description"><p>{html.escape(item.body)}</p></div>
</article>"""


def _olivero(item: Item) -> str:
    return f"""<article role="article">
  <h3>
    <a href='{item.url}' hreflang="en">{html.escape(item.title)}</a>
  </h3>
  <div>{item.date}</div>
  <div class="text-content item-description">{html.escape(item.body)}</div>
</article>"""


def _classy(item: Item) -> str:
    field = "field field--name-timestamp field--type-created field--label-hidden field__item"
    return f"""<article class="aggregator-item" role="article">
  <h3 class="feed-item-title"><a href="{item.url}">{html.escape(item.title)}</a></h3>
  <div class="{field}">{item.date}</div>
  <div class="item-description">{html.escape(item.body)}</div>
</article>"""


def _block_seven(feed: Aggregator) -> str:
    return f"""<div class="feed-source"><a href="/feed" class="feed-icon"><img alt="{feed.icon}"></a>
  <div class="feed-description">{feed.description}</div>
  <div class="feed-url"><em>URL:</em> <a href="http://www.nato.int/">http://www.nato.int/</a></div>
  <div class="feed-updated"><em>Updated:</em> {feed.checked}</div></div>"""


def _block_plain(feed: Aggregator) -> str:
    return f"""{feed.checked}<div class="feed-description">{feed.description}</div>
  <a href="https://www.nato.int/rss.xml" class="feed-icon">{feed.icon}</a>"""


def _block_olivero(feed: Aggregator) -> str:
    return f"""<div>{feed.checked}</div><div class="feed-description">{feed.description}</div>
  <a class="feed-icon" href="/x"><span class="feed-icon__label">{feed.icon}</span>
  <span class="feed-icon__icon"></span></a>"""


ITEMS = {"seven": _seven, "stable": _stable, "classy": _classy, "olivero": _olivero, "umami": _classy}
BLOCKS = {
    "seven": _block_seven,
    "stable": _block_plain,
    "classy": _block_plain,
    "olivero": _block_olivero,
    "umami": _block_plain,
}
WRAPPERS = {
    "seven": "<div id='aggregator'>{inner}</div>",
    "stable": "<div>{inner}</div>",
    "classy": "<div class='aggregator-feed'>{inner}</div>",
    "olivero": "<div class='layout-content'><article class='node'>{inner}</article></div>",
    "umami": "<section><div class='aggregator-wrapper'>{inner}</div></section>",
}
MARKUPS = tuple(ITEMS)


class Listed(NamedTuple):
    title: str
    date: str
    text: str = ""


class Home(NamedTuple):
    news: list[Listed]
    featured: list[Listed]
    review: list[Listed]
    events: list[Listed]
    focus: list[str]


DATE = re.compile(r"\d\d \w{3}\. \d{4}\Z")


def read_home(text: str) -> Home:
    lines = [line.strip() for line in text.splitlines() if line.strip()]

    def between(first: str, last: str) -> list[str]:
        return lines[lines.index(first) + 1 : lines.index(last)]

    events = between("UPCOMING RECENT", "NATO IN FOCUS")
    return Home(
        news=_dated_first(between("LATEST NEWS", "ALL NEWS")),
        featured=_dated_first(between("FEATURED", "THE SECRETARY GENERAL")),
        review=_titled_first(between("NATO REVIEW", "EVENT CALENDAR")),
        events=[Listed(events[n + 2], f"{events[n]} {events[n + 1]}") for n in range(0, len(events), 3)],
        focus=between("NATO IN FOCUS", "BACK TO TOP"),
    )


def _dated_first(lines: list[str]) -> list[Listed]:
    listed, date = [], ""
    for line in lines:
        if DATE.match(line):
            date = line
        else:
            listed.append(Listed(line, date))
            date = ""
    return listed


def _titled_first(lines: list[str]) -> list[Listed]:
    return [Listed(*lines[at : at + 3]) for at in range(0, len(lines), 3)]


def address(title: str, kind: str = "news") -> str:
    return f"https://www.nato.int/cps/en/natohq/{kind}_{200000 + sum(map(ord, title)) % 99999}.htm"


def render_home(home: Home, *, flat: bool) -> bytes:
    body = _flat_home(home) if flat else _nested_home(home)
    menu = "".join(
        f"<li><a href='/cps/en/natohq/{n}.htm'>{n}</a></li>" for n in ("ABOUT US", "NEWSROOM", "LEARN MORE")
    )
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>NATO - Homepage</title></head><body>"
        f"<div class='top'><ul>{menu}<li><a href='#'>NATO REVIEW</a></li><li><a href='/a.htm'>Podcasts</a></li></ul>"
        f"</div><p>GET THE LATEST UPDATES</p>{body}<p><a href='#top'>BACK TO TOP</a></p>"
        f"<div><h4>NEWSROOM</h4><ul><li><a href='/news.htm'>News</a></li><li><a href='/p.htm'>Photos of the week</a></li>"
        f"</ul></div></body></html>"
    ).encode()


def _link(title: str, kind: str = "news") -> str:
    return f'<a title="{html.escape(title)}" href="{address(title, kind)}">{html.escape(title)}</a>'


def _nested_home(home: Home) -> str:
    first, *others = home.news
    teasers = "".join(
        f"<div class='teaser'><div class='teaser-content'><p>{_link(n.title)}</p></div></div>"
        for n in others[:2]
    )
    rows = "".join(f"<li>{_link(n.title)}</li>" for n in others[2:])
    featured = "".join(
        f"<div class='teaser'>{f'<span class=date>{n.date}</span>' if n.date else ''}<h3>{_link(n.title, 'photos')}</h3></div>"
        for n in home.featured
    )
    review = "".join(
        f"<div class='teaser'><h2>{_link(n.title, 'review')}</h2><span class='date'>{n.date}</span><p>{n.text}</p></div>"
        for n in home.review
    )
    events = "".join(
        f"<li><div class='cal'><span>{n.date.split()[0]}</span><span>{n.date.split()[1]}</span></div>"
        f"<a href='{address(n.title, 'events')}'>{n.title}</a></li>"
        for n in home.events
    )
    focus = "".join(f"<li>{_link(title, 'topics')}</li>" for title in home.focus)
    return f"""<section class="hero"><div class="inner"><h1>LATEST NEWS</h1><div class="box-media">
      <a href="{address(first.title)}"><img alt="x"></a><div class="overlay-desc">
      <span class="date date--dark">{first.date}</span><h1 class="h-lc">{_link(first.title)}</h1>
      <ul><li><a href="/opinions_1.htm"><span class="icon"></span>Transcript</a></li></ul></div></div>{teasers}
      <ul class="list list-bordered">{rows}<li><a href="/news.htm">ALL NEWS <span></span></a></li></ul></div></section>
      <section><h2>FEATURED</h2>{featured}</section>
      <section><h2>THE SECRETARY GENERAL</h2><a href="/who.htm">Biography of the holder</a></section>
      <section><h2><a href="/review">NATO REVIEW</a></h2>{review}</section>
      <section><h2>EVENT CALENDAR</h2><div><a href="#u">UPCOMING</a> <a href="#r">RECENT</a></div><ul>{events}</ul></section>
      <section><h2>NATO IN FOCUS</h2><ul>{focus}</ul></section>"""


def _flat_home(home: Home) -> str:
    def block(items: list[Listed], kind: str, *, below: bool = False) -> str:
        parts = []
        for n in items:
            date = f"<span class='date'>{n.date}</span>" if n.date else ""
            title = f"<p>{_link(n.title, kind)}</p>"
            parts += [title, date] if below else [date, title]
            parts.append(f"<p>{n.text}</p>" if n.text else "")
        return "\n".join(parts)

    events = "".join(
        f"<p>{n.date.split()[0]}<br>{n.date.split()[1]}</p><p>{_link(n.title, 'events')}</p>"
        for n in home.events
    )
    return f"""<div class="inner"><h2>LATEST NEWS</h2>{block(home.news, "news")}<a href="/news.htm">ALL NEWS</a>
      <h2>FEATURED</h2>{block(home.featured, "photos")}<h2>THE SECRETARY GENERAL</h2><a href="/w">Follow me on X</a>
      <h2>NATO REVIEW</h2>{block(home.review, "review", below=True)}
      <h2>EVENT CALENDAR</h2><p>UPCOMING RECENT</p>{events}<h2>NATO IN FOCUS</h2>{block([Listed(f, "") for f in home.focus], "topics")}</div>"""
