/** Return an amount with its currency, if it has one: `37.90 EUR`. */
export function moneyOf(amount: number, currency: string | null): string {
  const text = amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 8 });
  return currency === null ? text : `${text} ${currency}`;
}
