// Texts that are damaged: short, with what readers find hardest.

/** RELION's particles, with quotes and a text field. */
export const PARTICLES = `
# version 30001

data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnVoltage #3
_rlnSphericalAberration #4
_rlnAmplitudeContrast #5
_rlnImagePixelSize #6
opticsGroup1 1 300.000000 2.700000 0.100000 1.500000

data_particles

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnImageName #3
_rlnMicrographName #4
_rlnOpticsGroup #5
_rlnDefocusU #6
_rlnDefocusV #7
_rlnDefocusAngle #8
_rlnAngleRot #9
_rlnAngleTilt #10
_rlnAnglePsi #11
_rlnOriginXAngst #12
_rlnOriginYAngst #13
_rlnRandomSubset #14
100 200 000001@a.mrcs "m 1.mrc" 1 15000.5 14000.0 30.5 10 20 30 0.5 -0.5 1
300 400 000002@a.mrcs
;a text field
;
1 15000.5 14000.0 30.5 10 20 30 0.5 -0.5 2
`;

export const PDB = [
  ...[1, 2].flatMap((serial) =>
    ["1.000000  0.000000  0.000000", "0.000000  1.000000  0.000000", "0.000000  0.000000  1.000000"].map(
      (row, i) => `REMARK 350   BIOMT${i + 1}   ${serial}  ${row}        ${serial}.00000`,
    ),
  ),
  "MODEL        1",
  "ATOM      1  CA AALA A   5A     11.104   6.134  -6.504  0.50 17.25           C  ",
  "HETATM    2  O   HOH B 301       1.000   2.000   3.000                          ",
  "ENDMDL",
].join("\n");

export const CIF = `data_X
#
loop_
_atom_site.group_PDB
_atom_site.type_symbol
_atom_site.label_asym_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.B_iso_or_equiv
ATOM C A 1 2 3 90.5
HETATM "O" B 4 5
;6
;
?
#
_pdbx_struct_assembly_gen.assembly_id 1
_pdbx_struct_assembly_gen.oper_expression (1)(1-2)
_pdbx_struct_assembly_gen.asym_id_list A,B
loop_
_pdbx_struct_oper_list.id
${[1, 2, 3].flatMap((r) => [1, 2, 3].map((c) => `_pdbx_struct_oper_list.matrix[${r}][${c}]\n`)).join("")}_pdbx_struct_oper_list.vector[1]
_pdbx_struct_oper_list.vector[2]
_pdbx_struct_oper_list.vector[3]
1 1 0 0 0 1 0 0 0 1 0 0 0
2 0 -1 0 1 0 0 0 0 1 5 5 5
`;
