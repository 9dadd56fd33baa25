/**
 * 3D backbones (ViT) behind one encoder contract.
 *
 * @module
 */
export {};
