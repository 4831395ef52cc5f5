const FIRST_SLOTS = 1 << 12;
/** Fuller than this the search for a free slot gets long. */
const MAX_LOAD = 0.7;

/**
 * Remembers texts with a number by 64 bits of hash, 12 to 23 bytes a pair. Among 10,000,000 pairs two share a hash, and the
 * second is taken for known, with a probability of about 3 in 1,000,000. Hash: cyrb53 with all its 64 bits (bryc, public domain).
 */
export class Seen {
  private slots = new Uint32Array(FIRST_SLOTS * 2);
  private used = 0;
  /** The pair asked for last: its hash, and where it is or would be. */
  private high = 0;
  private low = 0;
  private slot = 0;

  has(text: string, number: number): boolean {
    this.hash(text, number);
    this.slot = slotOf(this.slots, this.high, this.low);
    return this.slots[this.slot + 1] !== 0;
  }

  /** Adds the pair that `has` was asked for last. */
  add(): void {
    if (this.slots[this.slot + 1] !== 0) return;
    this.slots[this.slot] = this.high;
    this.slots[this.slot + 1] = this.low;
    this.used++;
    if (this.used * 2 > this.slots.length * MAX_LOAD) this.grow();
  }

  private hash(text: string, number: number): void {
    let h1 = 0xdeadbeef ^ number;
    let h2 = Math.imul(0x41c6ce57 ^ number, 2_246_822_507);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      h1 = Math.imul(h1 ^ code, 2_654_435_761);
      h2 = Math.imul(h2 ^ code, 1_597_334_677);
    }
    h1 = Math.imul(h1 ^ (h1 >>> 16), 2_246_822_507) ^ Math.imul(h2 ^ (h2 >>> 13), 3_266_489_909);
    h2 = Math.imul(h2 ^ (h2 >>> 16), 2_246_822_507) ^ Math.imul(h1 ^ (h1 >>> 13), 3_266_489_909);
    this.high = h2 >>> 0;
    this.low = h1 >>> 0 || 1; // 0 would be a free slot
  }

  private grow(): void {
    const wider = new Uint32Array(this.slots.length * 2);
    for (let i = 0; i < this.slots.length; i += 2) {
      const low = this.slots[i + 1]!;
      if (low !== 0) wider.set([this.slots[i]!, low], slotOf(wider, this.slots[i]!, low));
    }
    this.slots = wider;
  }
}

/** Where a hash is, or the free slot for it, by linear probing. A slot is a pair of words, free while its second is 0. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length - 1;
  for (let at = (low << 1) & mask; ; at = (at + 2) & mask)
    if (slots[at + 1] === 0 || (slots[at] === high && slots[at + 1] === low)) return at;
}
