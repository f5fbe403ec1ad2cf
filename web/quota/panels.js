// @ts-check
/** What several pages of a quota sale show alike: the price as it runs, as far as the sheet lets anybody know, and the result of a class. */

import { html, keyed, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan, yuan } from "../shared/money.js";
import { timeText } from "../shared/words.js";
import { classesOf, conditionsOf, feedOf, nextAverage_us } from "./sale.js";
import { counted, orDash } from "./words.js";

/** @typedef {import("../shared/store.js").Store} Store */

/**
 * The cut-off price of a class, or what the sheet tells in its place. Always as high, whatever is known.
 * @param {Store} store
 * @param {string | undefined} name
 * @param {number} now_us house time
 */
export function runningPrice(store, name, now_us) {
  const one = classesOf(store).find((each) => each.name === name);
  const running = one?.running;
  const { cutoff_fen = null, cutoff_at_us = null, offers = null, quota = 0 } = running ?? {};
  const told = conditionsOf(store)?.running ?? "cutoff";
  const shown = told === "cutoff" || store.sale?.phase === "closed" ? cutoff_fen : (running?.average?.average_fen ?? null);
  return html`<div class="price running-price">
    <p class="muted">${priceTitle(store)}</p>
    ${keyed(shown, html`<p class="price-now money">${shown === null ? "—" : told === "average" && store.sale?.phase !== "closed" ? yuan(shown) : shortYuan(shown)}</p>`)}
    <p class="price-words">${priceSays({ store, cutoff_at_us, running, now_us })}</p>
  </div>
  <dl class="facts">
    <div><dt>${t("running.quota")}</dt><dd class="number">${counted(quota)}</dd></div>
    <div><dt>${t("running.offers")}</dt><dd class="number">${offers === null ? t("running.hidden") : counted(offers)}</dd></div>
  </dl>`;
}

/** What the price that is shown is called. @param {Store} store */
export function priceTitle(store) {
  if (store.sale?.phase === "closed") return t("running.cutoff-final");
  return t(`running.${conditionsOf(store)?.running ?? "cutoff"}`);
}

/**
 * @param {{store: Store, cutoff_at_us: number | null, running: import("./sale.js").Running | undefined, now_us: number}} known
 */
export function priceSays({ store, cutoff_at_us, running, now_us }) {
  const told = conditionsOf(store)?.running ?? "cutoff";
  if (store.sale?.phase !== "closed") {
    if (told === "nothing") return t("running.not-told");
    if (told === "average") {
      const next_us = nextAverage_us(store, now_us);
      const when = next_us === null ? t("running.no-more-averages") : t("running.next-average", { at: timeText(next_us) });
      return running?.average ? `${t("running.average-at", { at: timeText(running.average.at_us) })} ${when}` : when;
    }
  }
  if (running?.cutoff_fen === null || running?.cutoff_fen === undefined) return "";
  return cutoff_at_us === null ? t("running.floor") : t("running.cutoff-at", { at: timeText(cutoff_at_us) });
}

/** Whether updates were left out: said in a line that is always there. @param {Store} store */
export function feedNote(store) {
  const feed = feedOf(store);
  return html`<p class="feed ${feed?.incomplete ? "feed-incomplete" : ""}" role="status">${feed?.incomplete ? html`<b aria-hidden="true">⚠</b> ${t("feed.incomplete")}` : nothing}</p>`;
}

/**
 * The result of a class as terms and values.
 * @param {import("../shared/frames.js").ClassResultPart} result
 * @param {import("./sale.js").Conditions | undefined} conditions
 * @returns {{name: string, key: string, value: string}[]}
 */
export function resultFacts(result, conditions) {
  const { winners, quota, offers, lowest_fen, lowest_at_us, average_fen, uniform_fen, reserve_fen, drawn } = result;
  return [
    { key: "lowest", name: t("result.lowest"), value: orDash(lowest_fen) },
    { key: "lowest-at", name: t("result.lowest-at"), value: lowest_at_us === null ? "—" : timeText(lowest_at_us) },
    { key: "average", name: t("result.average"), value: average_fen === null ? "—" : yuan(average_fen) },
    ...(conditions?.award === "uniform" ? [{ key: "uniform", name: t("result.uniform"), value: orDash(uniform_fen) }] : []),
    ...(reserve_fen === null ? [] : [{ key: "reserve", name: t("result.reserve"), value: orDash(reserve_fen) }]),
    { key: "winners", name: t("result.winners"), value: `${counted(winners)} / ${counted(quota)}` },
    { key: "offers", name: t("result.offers"), value: counted(offers) },
    { key: "drawn", name: t("result.drawn"), value: drawn ? t("result.drawn-of", { n: counted(drawn) }) : t("result.drawn-none") },
  ];
}
