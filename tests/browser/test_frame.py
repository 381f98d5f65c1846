from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import Server, Visit, serve, visit


@pytest.fixture
def person(browser: Browser, server: Server) -> Visit:
    """Somebody who has just arrived."""
    return visit(browser, server)


def test_a_cold_server_runs_no_page_without_the_frame(browser: Browser, company: Path, tmp_path: Path) -> None:
    """Streamlit alone, asked for a page's file name before anything else, finds a page that does and shows nothing."""
    with serve(company, tmp_path, entry="app.py") as cold:
        for stem in ("portfolio", "data"):
            person = visit(browser, cold)
            person.open(stem, titled=False)
            assert person.page.get_by_test_id("stMetric").count() == 0
            assert person.page.get_by_role("heading").count() == 0
            assert "chat" not in person.page.get_by_test_id("stMain").inner_text()
            person.page.close()


def test_our_cold_server_draws_the_frame_for_every_address(browser: Browser, company: Path, tmp_path: Path) -> None:
    """A server nobody visited yet answers its real addresses at once, and a page's file name only with the frame; the
    pages stand in groups by whose they are.
    """
    with serve(company, tmp_path) as cold:
        person = visit(browser, cold)
        person.open("files?product=chat")
        expect(person.page.get_by_role("heading", level=1)).to_have_text("Data")
        assert person.page.get_by_role("dialog").count() == 0
        groups = person.page.get_by_test_id("stNavSectionHeader").all_inner_texts()
        assert [each.splitlines()[0] for each in groups] == [
            "Portfolio and product owners", "Pilot and scenario owners", "Technical owners and experts", "Everybody",
        ]  # fmt: skip
        person.stands_at("/files", {"product": "chat"})
        assert not person.errors
    with serve(company, tmp_path) as cold:
        person = visit(browser, cold)
        person.open("portfolio")
        expect(person.page.get_by_role("dialog")).to_contain_text("does not seem to exist")
        expect(person.page.get_by_role("link", name="Portfolio")).to_be_attached()


def test_the_scope_survives_when_another_page_is_chosen(person: Visit) -> None:
    """Product, period and granularity stay in the address from page to page, and hold when one comes back."""
    person.open("overview")
    everything = person.numbers()
    person.choose("Product", "search")
    for option in ("8w", "Month"):
        if option == "Month":
            person.page.get_by_role("button", name="By week").click()
        person.page.get_by_role("radio", name=option).or_(person.page.get_by_role("button", name=option)).first.click()
        person.settled()
    asked = {"product": "search", "period": "8w", "by": "month"}
    person.stands_at("/overview", asked)
    narrowed = person.shows(everything, other=True)
    for page, path in (("Data", "/files"), ("Portfolio", "/overview")):
        person.page.get_by_role("link", name=page).click()
        person.settled()
        person.stands_at(path, asked)
    person.shows(narrowed)
    assert not person.errors


def test_a_link_reproduces_the_view(browser: Browser, server: Server, person: Visit) -> None:
    """The address of one person's view shows another person the same numbers, also from the bare address of the app."""
    person.open("overview?product=search&period=4w&until=2026-09-25")
    seen = person.numbers()
    for address in ("overview?product=search&period=4w&until=2026-09-25", "?product=search&period=4w&until=2026-09-25"):
        other = visit(browser, server)
        other.open(address)
        other.stands_at("/overview", {"product": "search", "period": "4w", "until": "2026-09-25"})
        other.shows(seen)
        other.page.close()
    everything = visit(browser, server)
    everything.open("overview")
    everything.shows(seen, other=True)


def test_the_page_asks_no_other_host(person: Visit) -> None:
    """Everything a page needs comes from our server, its font too, and the console holds no error."""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    for address in ("", "files"):
        person.open(address)
    person.open("overview")
    person.press("How computed")
    assert person.foreign == []
    assert person.errors == []
    assert any(url.endswith("inter.woff2") for url in asked)
