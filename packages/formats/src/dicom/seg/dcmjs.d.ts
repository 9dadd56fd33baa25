/** dcmjs publishes no types; these are what is used of it. */
declare module 'dcmjs' {
  /** Attributes by keyword, such as `PatientID`. */
  export type NaturalizedDataset = Record<string, unknown>;
  /** Attributes by tag, such as `00100020`. */
  export type TaggedDataset = Record<string, { vr: string; Value?: unknown[] }>;

  interface DcmjsData {
    readonly DicomMessage: {
      readFile(
        bytes: ArrayBuffer,
        options: { ignoreErrors?: boolean; untilTag?: string; noCopy?: boolean },
      ): { readonly dict: TaggedDataset };
    };
    readonly DicomMetaDictionary: {
      naturalizeDataset(dataset: TaggedDataset): NaturalizedDataset;
      denaturalizeDataset(dataset: NaturalizedDataset): TaggedDataset;
    };
    readonly DicomDict: new (meta: TaggedDataset) => {
      dict: TaggedDataset;
      write(options?: { fragmentMultiframe?: boolean }): ArrayBuffer;
    };
  }
  const dcmjs: {
    readonly data: DcmjsData;
    readonly log: { setLevel(level: string): void };
  };
  export default dcmjs;
}
