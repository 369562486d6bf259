import { writeStar } from "../star/write.js";

/** Class averages in a stack, in its order. */
export interface WrittenClasses {
  /** Path of the stack. */
  readonly stack: string;
  /** Rows and columns of the averages. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
  readonly classes: readonly {
    /** Of all particles. */
    readonly share: number;
    /** Angstrom; null: the average has no detail. */
    readonly resolution: number | null;
  }[];
}

/** Classes as RELION's display and its selection of classes read them: the parts of a _model.star that say what they show. */
export function writeClassesStar({ stack, box, pixelSize, classes }: WrittenClasses): string {
  return writeStar([
    {
      name: "model_general",
      isLoop: false,
      columns: {
        rlnReferenceDimensionality: [2],
        rlnDataDimensionality: [2],
        rlnOriginalImageSize: [box],
        rlnPixelSize: [pixelSize],
        rlnNrClasses: [classes.length],
      },
    },
    {
      name: "model_classes",
      columns: {
        rlnReferenceImage: classes.map((_, i) => `${String(i + 1).padStart(6, "0")}@${stack}`),
        rlnClassDistribution: classes.map(({ share }) => share),
        // an average without detail: as coarse as the box
        rlnEstimatedResolution: classes.map(({ resolution }) => resolution ?? box * pixelSize),
      },
    },
  ]);
}
