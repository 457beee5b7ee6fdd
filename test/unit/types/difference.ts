/**
 * The paths at which two types differ: a key that only one has, one that is optional in one only, another kind of
 * value. `never` when there is none. `readonly` is no difference, and neither is "absent" against "undefined"; what
 * `A` takes as an object of anything, it leaves to somebody else to check.
 */
export type Difference<A, B, At extends string = ""> =
  Same<A, B> extends true
    ? never
    : [A, B] extends [readonly (infer Item)[], readonly (infer Other)[]]
      ? Difference<Item, Other, `${At}[]`>
      : [IsAnything<A>, B] extends [true, object]
        ? never
        : [A, B] extends [object, object]
          ? { [Key in keyof A | keyof B]-?: KeyDifference<A, B, Key, `${At}.${Key & string}`> }[
              | keyof A
              | keyof B]
          : At;

type KeyDifference<A, B, Key, At extends string> = Key extends keyof A & keyof B
  ? Optional<A[Key]> extends Optional<B[Key]>
    ? Difference<Exclude<A[Key], undefined>, Exclude<B[Key], undefined>, At>
    : At
  : At;

type Optional<Value> = unknown extends Value ? "unknown" : undefined extends Value ? true : false;

type IsAnything<A> = string extends keyof A ? (unknown extends A[keyof A] ? true : false) : false;

/** Exact, where `extends` alone lets a lacking optional key pass. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile when there is a difference, and names it. */
export declare function same<_Differences extends never>(): void;
