"""The sample texts in further spellings of the same markups: other wrappers, quotes, cases and links."""

import html
from collections.abc import Callable

from tests.seed_pages import Aggregator, Home, Item, Listed, address

SITE = "/aggregator/sources/1"


def _path(item: Item) -> str:
    return item.url.removeprefix("https://www.nato.int")


def seven_shouting(feed: Aggregator) -> str:
    """Drupal 6 and 7: tags in capitals, single quotes, further classes, relative links."""
    items = "".join(
        f"""<DIV CLASS='feed-item clearfix odd'><H3 CLASS='title feed-item-title'>
        <A TITLE='' CLASS="x" HREF='{_path(item)}'>{html.escape(item.title)}</A></H3>
        <DIV CLASS='feed-item-meta'><A CLASS='feed-item-source' HREF='{SITE}'>NATO News</A> -
        <SPAN CLASS='feed-item-date'>{item.date}</SPAN></DIV>
        <DIV CLASS='feed-item-body'><P>{html.escape(item.body)}</P></DIV></DIV>"""
        for item in feed.items
    )
    return f"""<HTML LANG=en><HEAD><TITLE>NATO News</TITLE></HEAD><BODY CLASS='not-front'><DIV ID=page>
    <DIV CLASS='region region-content'><DIV ID='aggregator'><DIV CLASS='feed-source'>
    <DIV CLASS='feed-description'>{feed.description}</DIV>
    <DIV CLASS='feed-updated'><EM>Updated:</EM> {feed.checked}</DIV>
    </DIV>{items}<UL CLASS='pager'><LI><A HREF='?page=1'>next ›</A></LI></UL></DIV></DIV></DIV></BODY>
    </HTML>"""


def stable_minified(feed: Aggregator) -> str:
    """Core and Stable, on one line, quotes only where needed, the source's label as a field of its own."""
    items = "".join(
        f"<article><h3><a href={item.url}>{html.escape(item.title)}</a></h3><div><div>Source</div>"
        f"<div><a href={SITE} hreflang=en>NATO News</a></div></div><div>{item.date}</div>"
        f"<div class=item-description>{html.escape(item.body)}</div></article>"
        for item in feed.items
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>NATO News</title><main><div>{items}"
        f"<div>{feed.checked}</div><div class=feed-description>{feed.description}</div>"
        f"<a href=https://www.nato.int/>nato.int</a><a href=/rss class=feed-icon>{feed.icon}</a>"
        f"</div></main></html>"
    )


def classy_wrapped(feed: Aggregator) -> str:
    """Classy in a deeper theme: wrappers around each part, no-break spaces, comments."""
    items = "".join(
        f"""<!-- BEGIN OUTPUT from 'aggregator-item.html.twig' -->
        <div class="views-row"><div><article role="article" data-id="7" class="node aggregator-item teaser">
        <h3 class="block feed-item-title"><a rel="bookmark" href="{item.url}?selectedLocale=en"
        ><span>{html.escape(item.title)}</span></a></h3><div class="content">
        <div class="field field--name-timestamp field--type-created field--label-inline clearfix">
          <div class="field__label">Date</div>
          <div class="field__item"><em>{item.date.replace(" ", "&nbsp;", 1)}</em></div></div>
        <div class="text-formatted item-description"><p>{html.escape(item.body)}</p>
        <p><a href="{item.url}">Read more</a></p></div></div></article></div></div>
        <!-- END OUTPUT -->"""
        for item in feed.items
    )
    return f"""<!DOCTYPE html><html dir="ltr" lang="en"><head><title>NATO News</title></head><body>
    <aside><h2>Recent comments</h2><ul><li>a reader, 3 weeks 1 day ago</li></ul></aside>
    <div class="aggregator-feed"><section class="list">{items}</section>
    <div class="field field--name-checked">{feed.checked}</div>
    <div class="feed-description">{feed.description}</div>
    <a class="feed-icon" href="/x">{feed.icon}</a></div></body></html>"""


def olivero_framed(feed: Aggregator) -> str:
    """Olivero with its frames: sections around headings, a time of the page itself elsewhere."""
    items = "".join(
        f"""<article role='article' class=''><header><h3 ><a hreflang='en' href="{item.url}">
            {html.escape(item.title)}
          </a></h3></header><div><div><div>Feed</div><div><a href='{SITE}'>NATO News</a></div></div>
          <div>
            {item.date}
          </div>
          <div class='item-description'>{html.escape(item.body)}</div></div></article>"""
        for item in feed.items
    )
    return f"""<!DOCTYPE html><html lang='en'><body><div class='page-wrapper'><header>
    <h1>NATO News</h1></header><main><div class='layout-content'><div class='block-system'>{items}
    <div>{feed.checked}</div><div class='feed-description'>{feed.description}</div>
    <a href='/x' class='feed-icon'><span class='feed-icon__label'>{feed.icon}</span>
    <span class='feed-icon__icon'><svg></svg></span></a></div></div></main></div></body></html>"""


def umami_sparse(feed: Aggregator) -> str:
    """Umami: the wrapper alone says what this is; unclosed paragraphs, a date in a paragraph."""
    items = "".join(
        f"""<article class="aggregator-item"><h3 class=feed-item-title><a
        href="{item.url}#top">{html.escape(item.title)}</a></h3>
        <p class="field--name-timestamp">{item.date}<p>
        <div class=item-description>{html.escape(item.body)}<br>
        </div></article><hr>"""
        for item in feed.items
    )
    return f"""<html lang="en-gb"><body><div class='aggregator-wrapper'>{items}<p>{feed.checked}
    <p class=feed-description>{feed.description}</p><a href=/x class=feed-icon>{feed.icon}</a></div>
    </body></html>"""


AGGREGATORS: dict[str, Callable[[Aggregator], str]] = {
    page.__name__: page
    for page in (seven_shouting, stable_minified, classy_wrapped, olivero_framed, umami_sparse)
}


def _anchor(one: Listed, kind: str, inside: str = "") -> str:
    path = address(one.title, kind).removeprefix("https://www.nato.int")
    return f"<A CLASS='' HREF='{path}'>{inside}{html.escape(one.title)}</A>"


def home_shouting(home: Home) -> str:
    """Tags in capitals, single quotes, relative links; dates as table cells and list texts."""
    news = "".join(f"<LI><SPAN>{n.date}</SPAN> {_anchor(n, 'news')}</LI>" for n in home.news)
    featured = "".join(
        f"<DIV CLASS='box'><DIV CLASS='date'>{n.date}</DIV><H4>{_anchor(n, 'photos')}</H4></DIV>"
        for n in home.featured
    )
    review = "".join(
        f"<DIV CLASS='box'><H4>{_anchor(n, 'review')}</H4><P CLASS='date'>{n.date}</P><P>{n.text}</P></DIV>"
        for n in home.review
    )
    events = "".join(
        f"<TR><TD>{n.date.split()[0]}<BR>{n.date.split()[1]}</TD><TD>{_anchor(n, 'events')}</TD></TR>"
        for n in home.events
    )
    focus = "".join(f"<LI>{_anchor(Listed(title, ''), 'topics')}</LI>" for title in home.focus)
    return f"""<!DOCTYPE HTML><HTML LANG='en'><HEAD><TITLE>NATO</TITLE></HEAD><BODY><DIV ID='wrap'>
    <H2>GET THE LATEST UPDATES</H2><DIV><H2>LATEST NEWS</H2><UL>{news}</UL><A HREF='/all'>ALL NEWS</A></DIV>
    <DIV><H2>FEATURED</H2>{featured}</DIV><H2>THE SECRETARY GENERAL</H2><A HREF='/b'>Biography</A>
    <DIV><H2>NATO REVIEW</H2>{review}</DIV><DIV><H2>EVENT CALENDAR</H2><P><A HREF='#u'>UPCOMING</A>
    <A HREF='#r'>RECENT</A></P><TABLE>{events}</TABLE></DIV><H2>NATO IN FOCUS</H2><UL>{focus}</UL>
    <P>BACK TO TOP</P></DIV></BODY></HTML>"""


def home_cards(home: Home) -> str:
    """Everything a card that is one link: image, date and heading inside it; headings in title case."""

    def cards(items: list[Listed], kind: str) -> str:
        return "".join(
            f'<div class="col"><a href="{address(n.title, kind)}"><img alt=""><div class="card">'
            + (f'<span class="date">{n.date}</span>' if n.date else "")
            + f"<h3>{html.escape(n.title)}</h3>"
            + (f"<p>{html.escape(n.text)}</p>" if n.text else "")
            + "</div></a></div>"
            for n in items
        )

    events = "".join(
        f'<li><a href="{address(n.title, "events")}"><div><b>{n.date.split()[0]}</b>'
        f"<i>{n.date.split()[1]}</i></div><h3>{n.title}</h3></a></li>"
        for n in home.events
    )
    focus = "".join(f'<a href="{address(title, "topics")}">{title}</a>' for title in home.focus)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body><main>
    <section><h2>Latest News</h2><div>{cards(home.news, "news")}</div><a href="/n">All news</a></section>
    <section><h2>Featured</h2><div class="row">{cards(home.featured, "photos")}</div></section>
    <section><h2>The Secretary General</h2><a href="/bio">Biography of the holder</a></section>
    <section><h2>NATO Review</h2><div class="row">{cards(home.review, "review")}</div></section>
    <section><h2>Event Calendar</h2><ul class="tabs"><li><a href="#upcoming">Upcoming</a></li>
    <li><a href="#recent">Recent</a></li></ul><ul id="upcoming">{events}</ul></section>
    <section><h2>NATO in focus</h2>{focus}</section></main></body></html>"""


HOMES: dict[str, Callable[[Home], str]] = {page.__name__: page for page in (home_shouting, home_cards)}
