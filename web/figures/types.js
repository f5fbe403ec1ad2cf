// @ts-check
/**
 * What the house says in figures, as types only (engine/wire/PROTOCOL.md). What is null is not known yet, or not to be known.
 *
 * @typedef {import("../shared/frames.js").Channel} Channel
 * @typedef {{zh: string, en: string}} Both
 * @typedef {{count: number, p50_us: number | null, p90_us: number | null, p99_us: number | null, max_us: number | null, max_seq: number | null,
 *   bars: number[]}} Spans
 * @typedef {{sold: number, turnover_fen: number | null, bids: number | null, refused: number | null, bidders: number | null,
 *   spans: Spans | null}} ChannelFigures
 * @typedef {{lot: number, plate: string, phase: string, opening_fen: number, hammer_fen: number | null, premium: string | null,
 *   channel: Channel | null, bids: number | null, bidders: number | null, open_ms: number | null, opened_at_us: number | null,
 *   ended_at_us: number | null, opened_seq: number | null, ended_seq: number | null}} LotFigures
 * @typedef {{lot: number, plate: string, hammer_fen: number, seq: number | null}} Top
 * @typedef {{sale: string, title: Both, phase: string, final: boolean, rules: string, epoch: number, seq: number, head: string, counted: number,
 *   at_us: number | null, opened_at_us: number | null, closed_at_us: number | null, turnover_fen: number | null, opening_fen: number | null,
 *   premium: string | null, average_fen: number | null, top: Top | null, lots: number, sold: number, passed: number, bids: number | null,
 *   refused: number | null, bidders: number | null, bids_per_lot: string | null, lot_ms: number | null,
 *   channels: Record<Channel, ChannelFigures>, bars_us: number[], refusals: {code: string, count: number}[] | null,
 *   by_lot: LotFigures[]}} SaleFigures
 * @typedef {{sale: string, of: string, seq: number, count: number, latest: {seq: number, arrived_us: number, span_us: number}[]}} Behind
 *
 * @typedef {{sale: string, title: Both, phase: string, final: boolean, opened_at_us: number | null, lots: number, sold: number, passed: number,
 *   turnover_fen: number | null, opening_fen: number | null, premium: string | null, average_fen: number | null, top: Top | null,
 *   bids: number | null, refused: number | null, bidders: number | null, bids_per_lot: string | null, lot_ms: number | null,
 *   channels: Record<Channel, {sold: number, turnover_fen: number | null, bids: number | null, bidders: number | null}>}} SeriesSale
 * @typedef {{sold: number | null, turnover_fen: number | null, bids: number | null}} SeriesShare
 * @typedef {{sales: number, lots: number | null, sold: number | null, passed: number | null, turnover_fen: number | null,
 *   opening_fen: number | null, gained_fen: number | null, premium: string | null, average_fen: number | null, bids: number | null,
 *   refused: number | null, hall: SeriesShare, online: SeriesShare}} SeriesTotal
 * @typedef {{from: string, to: string, projects: number, turnover_fen: number, saved_fen: number, gained_fen: number, saving_rate: string,
 *   gain_rate: string, budget_fen: number, paid_fen: number, base_fen: number, got_fen: number, sale_share: string, worked_least_fen: number,
 *   worked_fen: number, worked_most_fen: number, agrees: boolean}} PublishedLine
 * @typedef {{sales: SeriesSale[], total: SeriesTotal, published: {source: Both, lines: PublishedLine[]}}} Series
 */
export {};
