// Plays pages in Firefox: reads a plan as JSON, prints what each page said, one line of JSON a page.
// The plan is { browser, pages: [{ address, ready, seed, busy, steps: [[selector, keys]], until, look }] }; see tests/book_site/test_engines.py.
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const KEYS = { Space: " ", Enter: "Enter", ArrowRight: "ArrowRight", ArrowDown: "ArrowDown" };
const PATIENCE = 120_000;  // milliseconds: a busy machine may be slow
const plan = JSON.parse(readFileSync(0, "utf8"));
const browser = await puppeteer.launch({ browser: "firefox", executablePath: plan.browser, headless: true, timeout: PATIENCE });
try {
  for (const { address, ready, seed, busy, steps, until, look } of plan.pages) {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    const problems = [];
    page.on("console", (line) => { if (line.type() === "error") problems.push(line.text()); });
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(address);
    await page.waitForFunction(ready);
    if (seed) {  // what storage holds before
      await page.evaluate(seed);
      await page.reload();
      await page.waitForFunction(ready);
    }
    if (busy) await page.evaluate(busy);
    for (const [selector, keys] of steps) {
      const element = await page.waitForSelector(selector, { visible: true });
      if (keys.startsWith("file:")) await element.uploadFile(keys.slice(5));
      else if (keys in KEYS) await element.press(KEYS[keys]);
      else await element.type(keys);
    }
    await page.waitForFunction(until.played).catch(async (problem) => {
      throw new Error(`${address} says ${JSON.stringify(await page.evaluate(look))}, and never: ${until.played}`, { cause: problem });
    });
    const said = await page.evaluate(look);
    await page.reload();
    await page.waitForFunction(until.loaded);
    console.log(JSON.stringify({ said, kept: await page.evaluate(look), problems }));
    await page.close();
  }
} finally {
  await browser.close();
}
