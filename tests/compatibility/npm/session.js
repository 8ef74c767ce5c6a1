// A session of npm's bitget-api against the exchange at argv[2]: what each call was answered, as one JSON object.
const { RestClientV2 } = require("bitget-api");

const client = new RestClientV2({
  apiKey: "papertape-key",
  apiSecret: "papertape-secret",
  apiPass: "papertape",
  baseUrl: process.argv[2],
});
const symbol = "BTCUSDT";
const day = 86400000;
const lastDay = () => ({ startTime: String(Date.now() - day), endTime: String(Date.now() + 60000) });
const limitOrder = { side: "buy", orderType: "limit", force: "gtc", price: "84000", size: "0.01" };
const plan = { orderType: "limit", executePrice: "83000", triggerPrice: "83000", size: "0.01" };
const answers = {};

async function ask(name, call) {
  try {
    answers[name] = await call;
  } catch (refused) {
    answers[name] = refused.body ?? { code: "none", msg: String(refused.message ?? refused) };
  }
  return answers[name].data;
}

async function market() {
  await ask("time", client.getServerTime());
  await ask("coins", client.getSpotCoinInfo({ coin: "BTC" }));
  await ask("symbols", client.getSpotSymbolInfo({ symbol }));
  await ask("fee tiers", client.getSpotVIPFeeRate());
  await ask("ticker", client.getSpotTicker({ symbol }));
  await ask("merged depth", client.getSpotMergeDepth({ symbol, precision: "scale0", limit: "50" }));
  await ask("order book", client.getSpotOrderBookDepth({ symbol, type: "step0", limit: "100" }));
  await ask("candles", client.getSpotCandles({ symbol, granularity: "1min", limit: "3" }));
  await ask("past candles", client.getSpotHistoricCandles({ symbol, granularity: "1h", endTime: Date.now(), limit: "3" }));
  await ask("trades", client.getSpotRecentTrades({ symbol, limit: "3" }));
  await ask("past trades", client.getSpotHistoricTrades({ symbol, limit: "3" }));
}

async function orders() {
  const placed = await ask("place", client.spotSubmitOrder({ symbol, ...limitOrder, clientOid: "npm-1" }));
  await ask("order", client.getSpotOrder({ orderId: placed.orderId }));
  await ask("open orders", client.getSpotOpenOrders({ symbol }));
  const change = { symbol, orderId: placed.orderId, price: "83000", size: "0.02" };
  const replaced = await ask("replace", client.spotCancelandSubmitOrder(change));
  await ask("cancel", client.spotCancelOrder({ symbol, orderId: replaced.orderId }));
  const batch = await ask("place several", client.spotBatchSubmitOrders({ symbol, orderList: [limitOrder, limitOrder] }));
  const [first] = batch.successList;
  await ask("cancel several", client.spotBatchCancelOrders({ symbol, orderList: [{ orderId: first.orderId }] }));
  await ask("cancel all", client.spotCancelSymbolOrder({ symbol }));
  await ask("past orders", client.getSpotHistoricOrders({ symbol, limit: "5" }));
  await ask("fills", client.getSpotFills({ symbol, limit: "5" }));
  await ask("too expensive", client.spotSubmitOrder({ symbol, ...limitOrder, size: "100" }));
}

async function planOrders() {
  const terms = { symbol, side: "buy", planType: "amount", triggerType: "fill_price", force: "gtc", ...plan };
  const { orderId } = await ask("place plan", client.spotSubmitPlanOrder(terms));
  await ask("open plans", client.getSpotCurrentPlanOrders({ symbol }));
  await ask("modify plan", client.spotModifyPlanOrder({ orderId, ...plan, size: "0.02" }));
  await ask("orders of plan", client.getSpotPlanSubOrder({ planOrderId: orderId }));
  await ask("cancel plan", client.spotCancelPlanOrder({ orderId }));
  await ask("past plans", client.getSpotHistoricPlanOrders({ symbol, ...lastDay() }));
  await ask("cancel all plans", client.spotCancelPlanOrders({ symbolList: [symbol] }));
}

async function money() {
  await ask("account", client.getSpotAccount());
  await ask("assets", client.getSpotAccountAssets({ coin: "USDT" }));
  await ask("transfer", client.spotTransfer({ fromType: "spot", toType: "p2p", amount: "3", coin: "USDT" }));
  await ask("transfers", client.getSpotTransferHistory({ coin: "USDT", fromType: "spot" }));
  await ask("transferable coins", client.getSpotTransferableCoins({ fromType: "spot", toType: "usdt_futures" }));
  await ask("deposit address", client.getSpotDepositAddress({ coin: "USDT", chain: "TRC20" }));
  await ask("deposits", client.getSpotDepositHistory({ coin: "USDT", ...lastDay() }));
  const asked = { coin: "USDT", transferType: "on_chain", chain: "TRC20", size: "20" };
  const address = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL";
  const { orderId } = await ask("withdraw", client.spotWithdraw({ ...asked, address }));
  await ask("withdrawals", client.getSpotWithdrawalHistory({ coin: "USDT", ...lastDay() }));
  await ask("cancel withdrawal", client.spotCancelWithdrawal({ orderId }));
  await ask("bills", client.getSpotAccountBills({ coin: "USDT", limit: "5" }));
  await ask("pay fees in BGB", client.spotSwitchBGBDeduct({ deduct: "on" }));
  await ask("fees in BGB", client.getSpotBGBDeductInfo());
  await ask("trade rate", client.getTradeRate({ symbol, businessType: "spot" }));
  await ask("announcements", client.getAnnouncements({ language: "en_US" }));
}

market()
  .then(orders)
  .then(planOrders)
  .then(money)
  .finally(() => console.log(JSON.stringify(answers)));
