// @ts-check
/**
 * The frames of the protocol, as types only (engine/wire/PROTOCOL.md).
 *
 * @typedef {{paddle: number} | {alias: number}} Who
 * @typedef {"online" | "hall"} Channel
 * @typedef {"never" | "same_id" | "after_ms" | "resync" | "new_id"} Retry
 * @typedef {{code: string, retry: Retry, zh: string, en: string, detail: Record<string, any>}} Refusal
 * @typedef {{type: string, [field: string]: any}} Event
 * @typedef {{accepted: Event[]} | {refused: Refusal}} Outcome
 *
 * @typedef {{id: string, title: {zh: string, en: string}, phase: "planned" | "open" | "suspended" | "closed", suspended: string | null,
 *   rules: string, lots: number, sold: number, passed: number, opens_at_us: number | null, suspended_at_us?: number | null,
 *   suspended_by?: string | null, result?: "provisional" | "final" | null, signed?: string[]}} SalePart
 * @typedef {{kind: string, at_us: number, zh: string, en: string}} AnnouncementPart
 * @typedef {{copies: "one" | "sync" | "async" | "alone", since_us: number}} CopiesPart
 * @typedef {"all" | "leading" | "own" | "rank" | "none"} Sees
 * @typedef {{kind: string, within_s: number, by_s: number, cap_s: number | null, count_max: number | null, top_k: number | null, shrink_s: number,
 *   least_s: number, reach_fen: number | null}} ExtensionRules
 * @typedef {{free_s: number, window_s: number, grace_ms: number, advance: "by_hand" | "one_after_another" | "together", pause_s: number,
 *   extension: ExtensionRules}} TimedRules
 * @typedef {{mode: string, calls: number, increments: {from_fen: number, step_fen: number}[], deposit: string, paddles: string,
 *   opens_at_us: number | null, articles: string, timed?: TimedRules | null, dwell_s?: number, delivery_percent?: number,
 *   visibility?: {amounts_public: Sees, amounts_bidders: Sees, counts_public: boolean, counts_bidders: boolean, lifted: string},
 *   sign_off?: boolean, proxies?: boolean, reserve_shown?: boolean, reoffers_max?: number, reoffer_lower_percent?: number,
 *   resume_for?: string, mass_loss_percent?: number}} RulesPart
 * @typedef {{seq?: number, at_us: number, amount_fen: number, who: Who, channel: Channel, no?: number, basis?: string, voided?: boolean}} Bid
 * @typedef {{no: number, amount_fen: number, who: Who, reason: string, by: string}} ProposedVoid
 * @typedef {{lot: number, plate: string, classes: string[], opening_fen: number, phase: "open" | "sold" | "passed" | "withdrawn", price_fen: number | null,
 *   leader: Who | null, leader_channel: Channel | null, calls: number, asked_fen: number | null, step_fen: number, bid_count: number | null, bids: Bid[],
 *   closes_at_us?: number | null, limited_from_us?: number | null, extensions?: number, reserve?: Reserve, round?: number,
 *   hammer_from_us?: number | null, delivered?: boolean | null, void?: ProposedVoid | null}} BlockPart
 * @typedef {"none" | "secret" | "unmet" | "met"} Reserve
 * @typedef {{lot: number, plate: string, classes: string[], opening_fen: number, phase: "waiting" | "open" | "sold" | "passed" | "withdrawn",
 *   hammer_fen: number | null, who: Who | null, bid_count: number | null, round?: number, reserve?: Reserve, open?: BlockPart | null}} LotPart
 * @typedef {{turnover_fen: number | null, opening_fen: number, premium: string | null, top: {lot: number, plate: string, hammer_fen: number} | null,
 *   sold: number, passed: number, hall_sold: number, online_sold: number}} FiguresPart
 * @typedef {{paddle: number, channel: Channel, deposits?: number, rights: number | null, accepted?: boolean,
 *   priority?: {lot: number, rank: number}[], won: number[]}} PaddlePart
 * @typedef {{paddle: number, channel: Channel, rights: number | null, used: number, accepted: boolean, leads: number[],
 *   last: {lot: number, amount_fen: number, rank: number | null}[], proxies: {lot: number, maximum_fen: number}[],
 *   priority: {lot: number, rank: number}[], won: {lot: number, plate: string, hammer_fen: number}[]}} MinePart
 * @typedef {{name: string, span_s: number, first_offers: boolean, revisions: number, reach_fen: number | null}} RoundRules
 * @typedef {{classes: {class: string, quota: number, reserve: "none" | "average"}[], rounds: RoundRules[], floor_fen: number, step_fen: number,
 *   first_max_fen: number | null, price_max_fen: number | null, upward_only: boolean, refused_counts: boolean, award: "as_offered" | "uniform",
 *   uniform_step_fen: number | null, ties: "record" | "draw", running: "cutoff" | "average" | "nothing", average_at_s: number[], trim_percent: number,
 *   opens_at_us: number | null, grace_ms: number, resume_least_s: number, mass_loss_percent: number, offers_published: boolean, sign_off: boolean, articles: string}} ConditionsPart
 * @typedef {RoundRules & {number: number, of: number, began_at_us: number, ends_at_us: number, taking: boolean}} RoundPart
 * @typedef {{class: string, quota: number, offers: number | null, cutoff_fen: number | null, cutoff_at_us: number | null, least_fen: number | null,
 *   most_fen: number | null, average: {at_us: number, average_fen: number | null, offers: number} | null}} RunningPart
 * @typedef {{class: string, every_s: number, points: [number, number][]}} CurvePart
 * @typedef {{class: string, quota: number, winners: number, offers: number, lowest_fen: number | null, lowest_at_us: number | null,
 *   average_fen: number | null, uniform_fen: number | null, reserve_fen: number | null, drawn: number}} ClassResultPart
 * @typedef {{admitted: number, accepted: number, offers: number, bidders: Record<string, number>, changed: number}} DeskPart
 * @typedef {{every_ms: number, incomplete: boolean, left_out: number}} FeedPart
 * @typedef {{paddle: number, class: string, accepted: boolean, offer: {amount_fen: number, at_us: number, no: number | null} | null, may_offer: boolean,
 *   revisions_used: number, revisions_left: number | null, least_fen: number | null, most_fen: number | null, inside: boolean | null,
 *   result: {won: boolean, pays_fen: number | null} | null}} QuotaMinePart
 * @typedef {{type: "welcome", protocol: number, sale: string, role: string, paddle?: number, epoch: string | number, server_us: number, key: string,
 *   frame_bytes_max?: number}} Welcome
 * @typedef {{type: "presence", online: number[], watchers: number, bidders: number}} Presence
 * @typedef {{type: "checkpoint", origin: string, size: number, root: string, at_us: number, witnessed: number, witnesses: number}} Checkpoint
 * @typedef {{header: string, command: string, command_salt: string, outcome: string, outcome_salt: string, path: string[], statement: string,
 *   signature: string, key: string}} Receipt
 * @typedef {{number: string, command: string, outcome: string, statement: string, signature: string, key: string}} SealedReceipt
 * @typedef {{type: "answer", id: string, seq: number, outcome: Outcome, receipt: Receipt}} Answer
 * @typedef {{type: string, [field: string]: any}} Frame
 */
export {};
