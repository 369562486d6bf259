/** Voxels along each edge of the cells whose greatest value is kept, so that a ray leaps over cells without surface. */
export const CELL = 8;

/** A triangle that covers the canvas. */
export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/**
 * Follows a ray through the volume for each pixel, to the first place where it is as high as \`level\`. Screen: x to the right, y
 * down, z away from the eye, which is a right-handed frame as the map's own; \`turn\` brings the map to it (RELION's A), so that the
 * surface is seen as the projection with these angles. Voxel (0, 0, 0) lies at the corner, and its centre at 0, 0, 0.
 */
export const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;
uniform sampler3D volume;
uniform sampler3D cells;
uniform vec3 count;
uniform vec2 canvasSize;
uniform float scale; // pixels of the canvas to a voxel
uniform vec2 middle; // of the canvas, in voxels from the volume's
uniform mat3 turn;
uniform float level;
out vec4 colour;

const vec3 SURFACE = vec3(0.56, 0.72, 0.82);
const vec3 LAMP = normalize(vec3(-0.35, -0.55, -1.0)); // towards the lamp: left, above, behind the eye

float valueAt(vec3 voxel) {
  return texture(volume, (voxel + 0.5) / count).r;
}

vec3 slopeAt(vec3 voxel) {
  vec2 one = vec2(1.0, 0.0);
  return vec3(
    valueAt(voxel + one.xyy) - valueAt(voxel - one.xyy),
    valueAt(voxel + one.yxy) - valueAt(voxel - one.yxy),
    valueAt(voxel + one.yyx) - valueAt(voxel - one.yyx));
}

void main() {
  float reach = length(count);
  vec2 at = vec2(gl_FragCoord.x - 0.5 * canvasSize.x, 0.5 * canvasSize.y - gl_FragCoord.y) / scale + middle;
  // a row vector times a matrix is its transpose times the vector: from the screen back to the map
  vec3 start = vec3(at, -reach) * turn + floor(0.5 * count);
  vec3 way = vec3(0.0, 0.0, 1.0) * turn;
  way = mix(way, vec3(1e-5), lessThan(abs(way), vec3(1e-5)));
  vec3 one = (vec3(-0.5) - start) / way;
  vec3 other = (count - 0.5 - start) / way;
  vec3 nearest = min(one, other);
  vec3 farthest = max(one, other);
  float enter = max(max(nearest.x, nearest.y), nearest.z);
  float leave = min(min(farthest.x, farthest.y), farthest.z);
  colour = vec4(0.0);
  if (enter >= leave) return;

  const float pace = 0.45;
  vec3 cellCount = ceil(count / ${CELL}.0);
  float far = enter + 1e-3;
  float before = far;
  bool isHit = false;
  for (int i = 0; i < 2000 && far < leave; i++) {
    vec3 voxel = start + way * far;
    vec3 cell = floor((voxel + 0.5) / ${CELL}.0);
    if (texture(cells, (cell + 0.5) / cellCount).r < level) {
      vec3 exits = (${CELL}.0 * (cell + step(0.0, way)) - 0.5 - voxel) / way;
      far += max(min(min(exits.x, exits.y), exits.z), 0.0) + 1e-2;
      before = far;
      continue;
    }
    if (valueAt(voxel) >= level) {
      isHit = true;
      break;
    }
    before = far;
    far += pace;
  }
  if (!isHit) return;
  for (int i = 0; i < 6; i++) {
    float half_ = 0.5 * (before + far);
    if (valueAt(start + way * half_) >= level) far = half_;
    else before = half_;
  }
  vec3 normal;
  if (far <= enter + 2e-3) {
    // the surface is cut by a side of the box
    normal = -sign(way) * vec3(equal(nearest, vec3(enter)));
  } else {
    normal = -slopeAt(start + way * far);
  }
  normal = turn * (normal / max(length(normal), 1e-12));
  // never so dark that the shape is lost against the ground
  float light = pow(0.5 + 0.5 * dot(normal, LAMP), 1.4);
  float gleam = pow(max(dot(reflect(-LAMP, normal), vec3(0.0, 0.0, -1.0)), 0.0), 24.0);
  // what lies deeper is darker
  float depth = clamp((far - reach) / reach + 0.5, 0.0, 1.0);
  colour = vec4((SURFACE * (0.3 + 0.75 * light) + 0.16 * gleam) * mix(1.1, 0.6, depth), 1.0);
}`;
