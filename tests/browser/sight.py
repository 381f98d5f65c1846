"""What an eye would notice on a drawn page: text that is hard to read, text that is cut, headings out of order."""

from itertools import pairwise

from playwright.sync_api import Page

# Text whose contrast with what lies behind it is under WCAG 2.2 AA: 4.5, or 3 for large text. Disabled controls and
# what is hidden are no text to read; words in figures are SVG text and count.
FAINT = """() => {
  const numbers = css => (css.match(/[\\d.]+/g) || []).map(Number)
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const over = (top, under) => {
    const a = top.length > 3 ? top[3] : 1
    return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a))
  }
  const behind = element => {
    const layers = []
    for (let each = element; each; each = each.parentElement) {
      const colour = numbers(getComputedStyle(each).backgroundColor)
      if (colour.length && (colour.length < 4 || colour[3] > 0)) layers.push(colour)
      if (colour.length === 3) break
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255])
  }
  const found = []
  const walker = document.createTreeWalker(document.querySelector('[data-testid=stApp]'), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement
    if (!text || !element || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue
    if (element.closest('[disabled],[aria-disabled=true],[data-testid=stIconMaterial],style,script,canvas')) continue
    const box = element.getBoundingClientRect()
    if (box.width < 2 || box.height < 2) continue
    const style = getComputedStyle(element)
    const ground = behind(element)
    const ink = over(numbers(element.closest('svg') ? style.fill : style.color), ground)
    const [a, b] = [light(ink), light(ground)]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    const size = parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700)
    if (ratio < (large ? 3 : 4.495)) found.push(`${ratio.toFixed(2)} ${text.slice(0, 60)}`)
  }
  return [...new Set(found)]
}"""


def faint(page: Page) -> list[str]:
    """Every text with too little contrast, with its ratio."""
    return list(page.evaluate(FAINT))


def too_wide(page: Page) -> bool:
    """Whether the page must be scrolled sideways to be read."""
    return bool(page.get_by_test_id("stMain").evaluate("main => main.scrollWidth > main.clientWidth"))


def disorder(page: Page) -> str:
    """What is wrong with the headings: not one of level 1, or a level left out; "" when they are in order."""
    levels: list[int] = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => +each.tagName[1])"
    )
    if levels.count(1) != 1 or levels[0] != 1:
        return f"headings of level 1: {levels}"
    return "" if all(later <= earlier + 1 for earlier, later in pairwise(levels)) else f"a level is left out: {levels}"
