/** The name for which the gateway of istio/ leads to the whiteboard. */
export const BOARD_HOST = "wb.example.com";
