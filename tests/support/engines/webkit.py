"""Plays a plan in WebKit, as firefox.mjs does in Firefox: reads it as JSON, prints one line of JSON a page."""

import json
import sys

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

KEYS = {"Space": Keys.SPACE, "Enter": Keys.ENTER, "ArrowRight": Keys.ARROW_RIGHT, "ArrowDown": Keys.ARROW_DOWN}


def play(driver, page: dict) -> dict:
    """Open a page, press what the plan says, and look; then look again after a reload."""
    wait = WebDriverWait(driver, 120)

    def visible(selector):
        return next((one for one in driver.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()), None)

    def looked(until):
        try:
            wait.until(lambda driver: driver.execute_script(f"return {until}"))
        except TimeoutException:
            said = driver.execute_script(f"return {page['look']}")
            raise TimeoutException(f"{page['address']} says {said}, and never: {until}") from None
        return driver.execute_script(f"return {page['look']}")

    driver.get(page["address"])
    wait.until(lambda driver: driver.execute_script(f"return {page['ready']}"))
    if "seed" in page:  # what storage holds before
        driver.execute_script(page["seed"])
        driver.refresh()
        wait.until(lambda driver: driver.execute_script(f"return {page['ready']}"))
    driver.execute_script(page.get("busy", ""))
    for selector, keys in page["steps"]:
        keys = keys.removeprefix("file:")
        wait.until(lambda driver, at=selector: visible(at)).send_keys(KEYS.get(keys, keys))
    said = looked(page["until"]["played"])
    driver.refresh()
    return {"said": said, "kept": looked(page["until"]["loaded"]), "problems": []}


if __name__ == "__main__":
    plan = json.load(sys.stdin)
    options = Options()
    options.binary_location = plan["browser"]
    options.add_argument("--automation")
    driver = webdriver.WebKitGTK(options=options, service=Service(plan["driver"]))
    try:
        for page in plan["pages"]:
            print(json.dumps(play(driver, page)))
    finally:
        driver.quit()
