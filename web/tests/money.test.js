import assert from "node:assert/strict";
import { test } from "node:test";
import { FEN_MAX, capitals, fenOf, shortYuan, words, yuan } from "../shared/money.js";

/** Fen, figures, capitals, English. */
const TABLE = [
  [1, "¥0.01", "壹分", "zero yuan and 01/100"],
  [10, "¥0.10", "壹角整", "zero yuan and 10/100"],
  [105, "¥1.05", "壹元零伍分", "one yuan and 05/100"],
  [150, "¥1.50", "壹元伍角整", "one yuan and 50/100"],
  [100, "¥1.00", "壹元整", "one yuan"],
  [1_000, "¥10.00", "壹拾元整", "ten yuan"],
  [10_100, "¥101.00", "壹佰零壹元整", "one hundred and one yuan"],
  [100_100, "¥1,001.00", "壹仟零壹元整", "one thousand and one yuan"],
  [1_050_000, "¥10,500.00", "壹万零伍佰元整", "ten thousand five hundred yuan"],
  [10_500_000, "¥105,000.00", "壹拾万伍仟元整", "one hundred and five thousand yuan"],
  [15_000_000, "¥150,000.00", "壹拾伍万元整", "one hundred and fifty thousand yuan"],
  [95_100_000, "¥951,000.00", "玖拾伍万壹仟元整", "nine hundred and fifty-one thousand yuan"],
  [105_000_000, "¥1,050,000.00", "壹佰零伍万元整", "one million fifty thousand yuan"],
  [100_000_100, "¥1,000,001.00", "壹佰万零壹元整", "one million and one yuan"],
  [10_000_000_000, "¥100,000,000.00", "壹亿元整", "one hundred million yuan"],
  [10_000_010_000, "¥100,000,100.00", "壹亿零壹佰元整", "one hundred million one hundred yuan"],
  [10_100_000_000, "¥101,000,000.00", "壹亿零壹佰万元整", "one hundred and one million yuan"],
  [1_012_345_678_90, "¥1,012,345,678.90", "壹拾亿壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整", "one billion twelve million three hundred and forty-five thousand six hundred and seventy-eight yuan and 90/100"],
  [FEN_MAX, "¥100,000,000,000.00", "壹仟亿元整", "one hundred billion yuan"],
];

for (const [fen, figures, chinese, english] of TABLE) {
  test(`${figures} is ${chinese}`, () => {
    assert.equal(yuan(fen), figures);
    assert.equal(capitals(fen), chinese);
    assert.equal(words(fen), english);
  });
}

test("nothing is 零元整", () => assert.equal(capitals(0), "零元整"));

test("large type leaves out fen where there are none", () => {
  assert.equal(shortYuan(1_050_000), "¥10,500");
  assert.equal(shortYuan(1_050_050), "¥10,500.50");
});

const TYPED = [
  ["10500", 1_050_000],
  ["10,500", 1_050_000],
  ["¥ 10,500", 1_050_000],
  ["１０５００", 1_050_000],
  ["10500元", 1_050_000],
  ["10500.5", 1_050_050],
  ["10500.05", 1_050_005],
  ["100000000000", null],
  ["10500.005", null],
  ["0", null],
  ["", null],
  ["-1", null],
  ["1e5", null],
  ["十万", null],
];

for (const [typed, fen] of TYPED) test(`"${typed}" typed is ${fen} fen`, () => assert.equal(fenOf(typed), fen));
